namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Summary of the draws of a quantity.</summary>
/// <param name="Estimate">Mean.</param>
/// <param name="Error">Standard deviation.</param>
/// <param name="Lower">2.5 % quantile.</param>
/// <param name="Upper">97.5 % quantile.</param>
/// <param name="RHat">Rank-normalised split R-hat; NaN where the quantity is constant.</param>
/// <param name="BulkSize">Effective sample size of the centre.</param>
/// <param name="TailSize">Effective sample size of the tails.</param>
/// <param name="MonteCarloError">Standard error of the mean as an estimate from draws that depend on one another.</param>
public sealed record DrawSummary(double Estimate, double Error, double Lower, double Upper, double RHat, double BulkSize, double TailSize, double MonteCarloError)
{
    /// <summary>Summarises.</summary>
    /// <param name="values">Chains of equal length.</param>
    internal static DrawSummary Of(ChainValues values)
    {
        double[] sorted = values.Pooled();
        Array.Sort(sorted);
        double error = Math.Sqrt(Quantiles.Variance(sorted));
        return new DrawSummary(
            sorted.Average(), error, Quantiles.Of(sorted, 0.025), Quantiles.Of(sorted, 0.975), SplitRHat.Of(values),
            EffectiveSampleSize.Bulk(values), EffectiveSampleSize.Tail(values), error / Math.Sqrt(EffectiveSampleSize.OfMean(values)));
    }
}
