using IrtGpu.Vectors;

namespace IrtGpu.Tests.Vectors;

/// <summary>Loops over rows by vectors of every width against plain loops.</summary>
public sealed class RowLoopsTests
{
    public static TheoryData<string> Widths { get; } = ["512", "256", "128"];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_are_what_plain_loops_make_of_them(string width)
    {
        RowLoops loops = Of(width);
        foreach (int length in new[] { 8, 24, 128 })
        {
            double[] x = Random(length, 1), y = Random(length, 2), z = Random(length, 3), theta = Random(3 * length, 4);
            double[] predictor = new double[length];
            loops.Predict([0.7, -1.2], [2, 0], theta, predictor);
            double[] product = new double[length];
            loops.Multiply(x, y, product);
            double[] sum = [.. z];
            loops.AddScaled(0.3, x, sum);
            double[] both = [.. z];
            loops.AddProduct(-2, x, y, both);
            double[] ratio = [.. y];
            loops.Divide(x, ratio);
            for (int k = 0; k < length; k++)
            {
                Assert.Equal(0.7 * theta[2 * length + k] - 1.2 * theta[k], predictor[k], 1e-14);
                Assert.Equal(x[k] * y[k], product[k]);
                Assert.Equal(z[k] + 0.3 * x[k], sum[k], 1e-14);
                Assert.Equal(z[k] - 2 * x[k] * y[k], both[k], 1e-14);
                Assert.Equal(y[k] / x[k], ratio[k]);
            }
            Assert.Equal(x.Sum(), loops.Sum(x), 1e-12);
            Assert.Equal(x.Zip(y, (a, b) => a * b).Sum(), loops.Dot(x, y), 1e-12);
        }
    }

    private static RowLoops Of(string width) => width switch
    {
        "512" => new RowLoops<Lanes512>(),
        "256" => new RowLoops<Lanes256>(),
        _ => new RowLoops<Lanes128>(),
    };

    private static double[] Random(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }
}
