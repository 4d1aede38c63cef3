using IrtGpu.Foundation.Sampling;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Foundation.Tests.Sampling;

public sealed class ZigguratTests
{
    /// <summary>Kolmogorov's distance of 400,000 draws, whose 99.9 % point is 1.95/√n, and the share beyond where the tail is drawn by itself.</summary>
    [Fact]
    public void Draws_are_standard_normal()
    {
        StreamRandom random = new(7, 3);
        double[] draws = new double[400_000];
        for (int k = 0; k < draws.Length; k++)
            draws[k] = Ziggurat.Next(ref random);
        Array.Sort(draws);
        double distance = 0;
        for (int k = 0; k < draws.Length; k++)
            distance = Math.Max(distance, Math.Abs(Normal.CDF(0, 1, draws[k]) - (k + 0.5) / draws.Length));
        Assert.True(distance < 1.95 / Math.Sqrt(draws.Length), $"distance {distance}");
        double expected = draws.Length * 2 * Normal.CDF(0, 1, -3.5);
        Assert.InRange(draws.Count(draw => Math.Abs(draw) > 3.5), expected - 4 * Math.Sqrt(expected), expected + 4 * Math.Sqrt(expected));
    }

    [Fact]
    public void Streams_are_their_own()
    {
        StreamRandom first = new(1, 1), again = new(1, 1), other = new(1, 2);
        double one = Ziggurat.Next(ref first);
        Assert.Equal(one, Ziggurat.Next(ref again));
        Assert.NotEqual(one, Ziggurat.Next(ref other));
    }
}
