namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Moments and quantiles of draws.</summary>
internal static class Quantiles
{
    /// <summary>A quantile of sorted values, linear between order statistics (type 7 of Hyndman and Fan 1996).</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="probability">0 … 1.</param>
    public static double Of(ReadOnlySpan<double> sorted, double probability)
    {
        double position = (sorted.Length - 1) * probability;
        int below = (int)Math.Floor(position);
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }

    /// <summary>Variance, with the number less one as divisor.</summary>
    public static double Variance(ReadOnlySpan<double> values)
    {
        double mean = 0;
        foreach (double value in values)
            mean += value;
        mean /= values.Length;
        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return squares / (values.Length - 1);
    }
}
