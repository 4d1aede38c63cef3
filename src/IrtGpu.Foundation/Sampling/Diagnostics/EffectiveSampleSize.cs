using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Number of independent draws that tell as much as the draws of chains.</summary>
/// <remarks>
/// From autocorrelations pooled over split chains, summed over Geyer's (1992) initial monotone sequence; Vehtari et al. (2021), section 3.2.
/// NaN for values that are constant or too few.
/// </remarks>
internal static class EffectiveSampleSize
{
    /// <summary>Of the centre of a distribution: of the normal scores of ranks.</summary>
    public static double Bulk(ChainValues values) => values.IsDegenerate || values.Length < 6 ? double.NaN : Basic(values.Split().RankNormalized());

    /// <summary>Of its tails: the smaller of those for the 5 and the 95 % quantile.</summary>
    public static double Tail(ChainValues values)
    {
        if (values.IsDegenerate || values.Length < 6)
            return double.NaN;
        double[] sorted = values.Pooled();
        Array.Sort(sorted);
        return Math.Min(OfQuantile(values, Quantiles.Of(sorted, 0.05)), OfQuantile(values, Quantiles.Of(sorted, 0.95)));
    }

    /// <summary>Of the mean.</summary>
    public static double OfMean(ChainValues values) => values.IsDegenerate || values.Length < 6 ? double.NaN : Basic(values.Split());

    private static double OfQuantile(ChainValues values, double quantile)
    {
        ChainValues below = values.Map(value => value <= quantile ? 1 : 0);
        return below.IsDegenerate ? double.NaN : Basic(below.Split());
    }

    private static double Basic(ChainValues halves)
    {
        int length = halves.Length;
        (double[] means, _) = halves.Moments();
        double[][] centered = [.. halves.Chains.Select((chain, index) => Array.ConvertAll(chain, value => value - means[index]))];
        double within = Autocovariance(centered, 0) * length / (length - 1);
        double total = Autocovariance(centered, 0) + (means.Length > 1 ? Quantiles.Variance(means) : 0);
        double Correlation(int lag) => 1 - (within - Autocovariance(centered, lag)) / total;

        double[] correlations = new double[length];
        double even = 1;
        double odd = Correlation(1);
        (correlations[0], correlations[1]) = (even, odd);
        int last = 0;
        while (last < length - 5 && even + odd > 0)
        {
            last += 2;
            (even, odd) = (Correlation(last), Correlation(last + 1));
            if (even + odd >= 0)
                (correlations[last], correlations[last + 1]) = (even, odd);
        }
        if (even > 0)
            correlations[last] = even; // less variance where draws are antithetic
        for (int lag = 2; lag <= last - 2; lag += 2)
        {
            double before = correlations[lag - 2] + correlations[lag - 1];
            if (correlations[lag] + correlations[lag + 1] > before)
                correlations[lag] = correlations[lag + 1] = before / 2;
        }
        double count = (double)halves.Total;
        double time = -1 + 2 * FixedOrderSums.Sum(correlations.AsSpan(0, last)) + correlations[last];
        return count / Math.Max(time, 1 / Math.Log10(count));
    }

    /// <summary>Mean over chains, with the length as divisor.</summary>
    private static double Autocovariance(double[][] centered, int lag)
    {
        double sum = 0;
        foreach (double[] chain in centered)
            sum += FixedOrderSums.Dot(chain.AsSpan(0, chain.Length - lag), chain.AsSpan(lag)) / chain.Length;
        return sum / centered.Length;
    }
}
