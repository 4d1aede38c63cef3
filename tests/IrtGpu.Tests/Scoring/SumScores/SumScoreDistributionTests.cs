using IrtGpu.Scoring.SumScores;

namespace IrtGpu.Tests.Scoring.SumScores;

/// <summary>The recursion against sums over all patterns.</summary>
public sealed class SumScoreDistributionTests
{
    private static readonly double[][] Items = // [item][category, node], two nodes
    [
        [0.3, 0.9, 0.7, 0.1],
        [0.2, 0.5, 0.5, 0.25, 0.3, 0.25],
        [0.6, 0.1, 0.1, 0.2, 0.3, 0.7],
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_over_all_patterns_agree(bool hasPoints)
    {
        int[][] points = hasPoints ? [[0, 2], [1, 0, 3], [0, 1, 4]] : [[0, 1], [0, 1, 2], [0, 1, 2]];
        SumScoreDistribution distribution = new(2);
        for (int item = 0; item < Items.Length; item++)
            distribution.Add(Items[item], hasPoints ? points[item] : []);
        double[,] expected = new double[distribution.LargestScore + 1, 2];
        for (int a = 0; a < 2; a++)
        {
            for (int b = 0; b < 3; b++)
            {
                for (int c = 0; c < 3; c++)
                {
                    for (int node = 0; node < 2; node++)
                        expected[points[0][a] + points[1][b] + points[2][c], node] += Items[0][a * 2 + node] * Items[1][b * 2 + node] * Items[2][c * 2 + node];
                }
            }
        }
        Assert.Equal(points.Sum(own => own.Max()), distribution.LargestScore);
        for (int score = 0; score <= distribution.LargestScore; score++)
        {
            for (int node = 0; node < 2; node++)
                Assert.Equal(expected[score, node], distribution.At(score)[node], 1e-15);
        }
    }

    [Fact]
    public void Of_many_items_the_probabilities_sum_to_one_and_clearing_begins_anew()
    {
        SumScoreDistribution distribution = new(1, 3);
        for (int round = 0; round < 2; round++)
        {
            distribution.Clear();
            for (int item = 0; item < 1000; item++)
                distribution.Add([1 - 0.001 * item, 0.001 * item]);
            double sum = 0;
            double mean = 0;
            for (int score = 0; score <= distribution.LargestScore; score++)
            {
                sum += distribution.At(score)[0];
                mean += score * distribution.At(score)[0];
            }
            Assert.Equal(1, sum, 1e-12);
            Assert.Equal(499.5, mean, 1e-9);
        }
    }
}
