namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Potential scale reduction: how much wider all chains together are than each of their halves.</summary>
/// <remarks>Rank-normalised, and the same of the distances from the median, of which the larger counts (Vehtari et al. 2021, equations 4 and 14).</remarks>
internal static class SplitRHat
{
    /// <summary>R-hat; NaN for values that are constant or too few.</summary>
    public static double Of(ChainValues values)
    {
        if (values.Length < 4 || values.IsDegenerate)
            return double.NaN;
        double[] sorted = values.Pooled();
        Array.Sort(sorted);
        double median = Quantiles.Of(sorted, 0.5);
        return Math.Max(Basic(values.Split().RankNormalized()), Basic(values.Map(value => Math.Abs(value - median)).Split().RankNormalized()));
    }

    private static double Basic(ChainValues halves)
    {
        (double[] means, double[] variances) = halves.Moments();
        double within = variances.Average();
        return Math.Sqrt((halves.Length - 1.0) / halves.Length + Quantiles.Variance(means) / within);
    }
}
