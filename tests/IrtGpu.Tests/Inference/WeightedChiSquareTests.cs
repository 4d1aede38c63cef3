using IrtGpu.Inference.Testing;
using MathNet.Numerics;

namespace IrtGpu.Tests.Inference;

/// <summary>Sums of weighted χ² variables where their distribution is known in closed form, by another integral, and by drawing.</summary>
public sealed class WeightedChiSquareTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(300)]
    public void One_weight_gives_the_chi_square(int df)
    {
        foreach (double q in (double[])[1e-8, 0.1 * df, 0.8 * df, df, 1.4 * df, 3.0 * df, df + 60])
        {
            double expected = SpecialFunctions.GammaUpperRegularized(df / 2.0, q / 2);
            Assert.Equal(expected, WeightedChiSquare.UpperTail(2.5 * q, [2.5], [df]), expected * 1e-9);
            Assert.Equal(expected, WeightedChiSquare.UpperTail(q, [.. Enumerable.Repeat(1.0, df)]), expected * 1e-9);
            Assert.Equal(1 - expected, WeightedChiSquare.UpperTail(-q, [-1], [df]), 1e-10);
        }
    }

    [Fact]
    public void Pairs_of_equal_weights_are_exponential_variables()
    {
        foreach (double q in (double[])[1e-6, 0.3, 2, 9, 60, 400])
        {
            double two = (3 * Math.Exp(-q / 6) - 0.5 * Math.Exp(-q / 1)) / 2.5; // weights 3 and 1/2
            Assert.Equal(two, WeightedChiSquare.UpperTail(q, [3, 0.5], [2, 2]), two * 1e-9);
            double difference = 0.5 * Math.Exp(-q / 2); // Laplace
            Assert.Equal(difference, WeightedChiSquare.UpperTail(q, [1, -1], [2, 2]), difference * 1e-9);
            Assert.Equal(1 - difference, WeightedChiSquare.UpperTail(-q, [1, -1], [2, 2]), 1e-10);
        }
        Assert.Equal(0.5, WeightedChiSquare.UpperTail(0, [1, -1], [2, 2]), 1e-10);
    }

    [Fact]
    public void Any_weights_agree_with_the_integral_along_the_imaginary_axis()
    {
        double[][] cases = [[4, 2, 1, 0.5, 0.1, 0.1], [3, 1, 1, -0.5, -2, 0.3, 0.2], [1, 0.9, 0.8, 0.01, 0.005, 1e-14]];
        foreach (double[] weights in cases)
        {
            foreach (double q in (double[])[0.2, 3, 7, 15, -1])
                Assert.Equal(Imhof(q, weights), WeightedChiSquare.UpperTail(q, weights), 2e-7);
        }
    }

    [Fact]
    public void Shares_of_draws_agree()
    {
        double[] weights = [2, 0.7, 0.2, -0.4];
        Random random = new(4);
        double Square() => -2 * Math.Log(1 - random.NextDouble()) * Math.Pow(Math.Cos(2 * Math.PI * random.NextDouble()), 2);
        double[] draws = [.. Enumerable.Range(0, 200_000).Select(_ => weights.Sum(weight => weight * Square()))];
        foreach (double q in (double[])[-0.5, 0.5, 2.5, 8])
        {
            double p = WeightedChiSquare.UpperTail(q, weights);
            Assert.InRange(draws.Count(draw => draw > q) / (double)draws.Length - p, -4 * Math.Sqrt(p * (1 - p) / draws.Length), 4 * Math.Sqrt(p * (1 - p) / draws.Length));
        }
    }

    [Fact]
    public void What_is_no_number_gives_none()
    {
        Assert.True(double.IsNaN(WeightedChiSquare.UpperTail(double.NaN, [1])));
        Assert.True(double.IsNaN(WeightedChiSquare.UpperTail(1, [1, double.NaN])));
        Assert.Equal(0, WeightedChiSquare.UpperTail(1, [0, 0]));
        Assert.Equal(0, WeightedChiSquare.UpperTail(1, [-1, -2]));
        Assert.Equal(1, WeightedChiSquare.UpperTail(-1, [2]));
    }

    /// <summary>½ + π⁻¹ ∫ sin β(u)/(u γ(u)) du.</summary>
    private static double Imhof(double q, double[] weights)
    {
        const double step = 1e-3;
        double sum = 0;
        for (double u = step / 2; u < 3000; u += step)
        {
            double angle = -q * u / 2;
            double logModulus = 0;
            foreach (double weight in weights)
            {
                angle += Math.Atan(weight * u) / 2;
                logModulus += Math.Log(1 + weight * weight * u * u) / 4;
            }
            sum += Math.Sin(angle) / u * Math.Exp(-logModulus);
        }
        return 0.5 + sum * step / Math.PI;
    }
}
