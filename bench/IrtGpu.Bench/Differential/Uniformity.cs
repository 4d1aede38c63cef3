namespace IrtGpu.Bench.Differential;

/// <summary>Whether p-values under the hypothesis are uniform.</summary>
/// <param name="Count">How many.</param>
/// <param name="Rejected">Share below .05.</param>
/// <param name="Distance">Largest distance of their distribution function from the diagonal.</param>
/// <param name="P">P-value of Kolmogorov and Smirnov for that distance.</param>
internal sealed record Uniformity(int Count, double Rejected, double Distance, double P)
{
    public static Uniformity Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double distance = 0;
        for (int k = 0; k < sorted.Length; k++)
            distance = Math.Max(distance, Math.Max((k + 1.0) / sorted.Length - sorted[k], sorted[k] - (double)k / sorted.Length));
        return new Uniformity(sorted.Length, sorted.Count(value => value < 0.05) / (double)sorted.Length, distance, Tail((Math.Sqrt(sorted.Length) + 0.12 + 0.11 / Math.Sqrt(sorted.Length)) * distance));
    }

    /// <summary>2 Σ (−1)^(k−1) exp(−2 k² λ²), Stephens' argument.</summary>
    private static double Tail(double lambda)
    {
        double sum = 0;
        for (int k = 1; k <= 100; k++)
            sum += 2 * (k % 2 == 1 ? 1 : -1) * Math.Exp(-2.0 * k * k * lambda * lambda);
        return lambda < 0.2 ? 1 : Math.Clamp(sum, 0, 1);
    }
}
