namespace IrtGpu.Bench.Truth;

/// <summary>Random numbers of the studies.</summary>
internal static class NormalDraw
{
    /// <summary>A generator whose sequence depends on the seed alone.</summary>
    public static Random Generator(int seed) => new MathNet.Numerics.Random.Xoshiro256StarStar(seed, threadSafe: false);

    /// <summary>A standard normal number.</summary>
    public static double Next(Random random) => MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1);

    /// <summary>A lognormal number with the given moments of the number itself, not of its logarithm.</summary>
    public static double NextLogNormal(Random random, double mean, double variance)
    {
        double logVariance = Math.Log(1 + variance / (mean * mean));
        return mean * Math.Exp(Math.Sqrt(logVariance) * Next(random) - logVariance / 2);
    }
}
