namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Importance weights whose largest are replaced by quantiles of a generalised Pareto distribution fitted to them.</summary>
/// <remarks>Vehtari, Simpson, Gelman, Yao &amp; Gabry (2024), Journal of Machine Learning Research 25.</remarks>
internal static class ParetoSmoothing
{
    private const int ShortestTail = 5;

    /// <summary>Smooths.</summary>
    /// <param name="logRatios">In: log importance ratios; out: log weights whose exponentials sum to 1. [draw]</param>
    /// <param name="efficiency">Effective over actual number of draws.</param>
    /// <returns>k̂; positive infinity where the tail has too few values or all the same.</returns>
    public static double Smooth(Span<double> logRatios, double efficiency)
    {
        int count = logRatios.Length;
        double largest = double.NegativeInfinity;
        foreach (double ratio in logRatios)
            largest = Math.Max(largest, ratio);
        for (int index = 0; index < count; index++)
            logRatios[index] -= largest;
        double shape = SmoothTail(logRatios, (int)Math.Ceiling(Math.Min(0.2 * count, 3 * Math.Sqrt(count / efficiency))));
        double sum = 0;
        for (int index = 0; index < count; index++)
        {
            logRatios[index] = Math.Min(0, logRatios[index]); // no weight above the largest that was drawn
            sum += Math.Exp(logRatios[index]);
        }
        double logSum = Math.Log(sum);
        for (int index = 0; index < count; index++)
            logRatios[index] -= logSum;
        return shape;
    }

    /// <summary>k̂ above which an estimate from so many draws is not to be relied on: min(1 − 1/log₁₀ S, 0.7).</summary>
    /// <param name="draws">S.</param>
    public static double Threshold(int draws) => Math.Min(1 - 1 / Math.Log10(draws), 0.7);

    private static double SmoothTail(Span<double> logRatios, int length)
    {
        if (length < ShortestTail || length >= logRatios.Length)
            return double.PositiveInfinity;
        double[] sorted = logRatios.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        int first = sorted.Length - length;
        double threshold = Math.Exp(sorted[first - 1]);
        double[] excess = [.. sorted[first..].Select(ratio => Math.Exp(ratio) - threshold)];
        if (!(sorted[^1] - sorted[first] > double.Epsilon) || !(excess[^1] > 0))
            return double.PositiveInfinity;
        ParetoTail tail = ParetoTail.Fit(excess);
        if (!double.IsFinite(tail.Shape) || !double.IsFinite(tail.Scale))
            return tail.Shape;
        for (int place = 0; place < length; place++)
            logRatios[order[first + place]] = Math.Log(threshold + tail.Quantile((place + 0.5) / length));
        return tail.Shape;
    }
}
