using IrtGpu.Planning.Grids;

namespace IrtGpu.Tests.Planning.Grids;

public sealed class PosteriorWidthsTests
{
    [Theory]
    [InlineData(1, 1.5)]
    [InlineData(0.5, 0.7)]
    [InlineData(0.1, 0.2)]
    public void The_error_is_that_of_sums_over_nodes_which_lie_anywhere(double deviation, double spacing)
    {
        const int Places = 200;
        double square = 0;
        for (int place = 0; place < Places; place++)
        {
            double sum = 0;
            for (int node = -200; node <= 200; node++)
            {
                double z = (node + (double)place / Places) * spacing / deviation;
                sum += Math.Exp(-0.5 * z * z);
            }
            square += Math.Pow(Math.Log(sum * spacing / (deviation * Math.Sqrt(2 * Math.PI))), 2) / Places;
        }
        PosteriorWidths widths = new([deviation * deviation], [1], spacing / 100);
        Assert.Equal(1, widths.ErrorAt(spacing) / Math.Sqrt(square), 1e-2);
    }

    [Fact]
    public void Errors_of_persons_add_as_squares_and_nodes_are_as_many_as_it_takes()
    {
        double one = new PosteriorWidths([0.01], [1], 0.01).ErrorAt(0.25);
        PosteriorWidths four = new([0.01, 0.01, 0.01, 0.01], [1, 1, 1, 1], 0.01);
        Assert.Equal(2 * one, four.ErrorAt(0.25), 1e-12);
        int nodes = four.Nodes(10, 1000, 1e-3, count => 12.0 / (count - 1));
        Assert.True(four.ErrorAt(12.0 / (nodes - 1)) <= 1e-3 && four.ErrorAt(12.0 / (nodes - 2)) > 1e-3);
        Assert.Equal(50, four.Nodes(10, 50, 1e-3, count => 12.0 / (count - 1)));
    }

    [Fact]
    public void What_is_much_narrower_than_the_nodes_is_taken_as_a_quarter_of_their_distance()
    {
        PosteriorWidths unseen = new([0], [1], 0.4);
        Assert.Equal(new PosteriorWidths([0.01], [1], 0.01).ErrorAt(0.2), unseen.ErrorAt(0.2), 1e-12);
        Assert.Equal(0, unseen.Smallest);
    }
}
