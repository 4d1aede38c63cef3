namespace IrtGpu.Foundation.Tests.Sampling;

/// <summary>R-hat and effective sample sizes, written a second time from the formulas of Vehtari et al. (2021), without regard to speed.</summary>
internal static class PlainDiagnostics
{
    public static double RHat(double[][] chains)
    {
        double median = Quantile([.. chains.SelectMany(chain => chain)], 0.5);
        double[][] folded = [.. chains.Select(chain => chain.Select(value => Math.Abs(value - median)).ToArray())];
        return Math.Max(Reduction(Scores(Halves(chains))), Reduction(Scores(Halves(folded))));
    }

    public static double BulkSize(double[][] chains) => Size(Scores(Halves(chains)));

    public static double TailSize(double[][] chains)
    {
        double[] all = [.. chains.SelectMany(chain => chain)];
        double At(double probability)
        {
            double quantile = Quantile(all, probability);
            return Size(Halves([.. chains.Select(chain => chain.Select(value => value <= quantile ? 1.0 : 0.0).ToArray())]));
        }
        return Math.Min(At(0.05), At(0.95));
    }

    private static double[][] Halves(double[][] chains) => [.. chains.SelectMany(chain => new[] { chain.Take(chain.Length / 2).ToArray(), chain.Skip((chain.Length + 1) / 2).ToArray() })];

    private static double[][] Scores(double[][] chains)
    {
        double[] all = [.. chains.SelectMany(chain => chain)];
        return [.. chains.Select(chain => chain.Select(value =>
        {
            double rank = all.Count(other => other < value) + (all.Count(other => other == value) + 1) / 2.0;
            return MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (rank - 3.0 / 8) / (all.Length + 1.0 / 4));
        }).ToArray())];
    }

    private static double Reduction(double[][] chains)
    {
        double n = chains[0].Length;
        double m = chains.Length;
        double grand = chains.Average(chain => chain.Average());
        double between = n / (m - 1) * chains.Sum(chain => Math.Pow(chain.Average() - grand, 2));
        double within = chains.Average(chain => chain.Sum(value => Math.Pow(value - chain.Average(), 2)) / (n - 1));
        return Math.Sqrt(((n - 1) / n * within + between / n) / within);
    }

    private static double Size(double[][] chains)
    {
        int n = chains[0].Length;
        int m = chains.Length;
        double grand = chains.Average(chain => chain.Average());
        double between = 1.0 * n / (m - 1) * chains.Sum(chain => Math.Pow(chain.Average() - grand, 2));
        double[] variance = [.. chains.Select(chain => chain.Sum(value => Math.Pow(value - chain.Average(), 2)) / (n - 1))];
        double within = variance.Average();
        double total = (n - 1.0) / n * within + between / n;
        List<double> correlations = [];
        for (int lag = 0; lag < n; lag++)
        {
            // Equation 10: 1 − (W − mean s_m² ρ_m) / var⁺, with s_m² ρ_m the autocovariance of a chain.
            double mean = chains.Average(chain =>
            {
                double center = chain.Average();
                return Enumerable.Range(0, n - lag).Sum(t => (chain[t] - center) * (chain[t + lag] - center)) / n;
            });
            correlations.Add(lag == 0 ? 1 : 1 - (within - mean) / total);
        }
        List<double> pairs = [];
        int k = 0;
        while (2 * k < n - 5 && correlations[2 * k] + correlations[2 * k + 1] > 0)
        {
            pairs.Add(correlations[2 * k] + correlations[2 * k + 1]);
            k++;
        }
        double after = Math.Max(0, correlations[2 * k]);
        for (int pair = 1; pair < pairs.Count; pair++)
            pairs[pair] = Math.Min(pairs[pair], pairs[pair - 1]);
        double time = -1 + 2 * pairs.Sum() + after;
        double count = n * m;
        return count / Math.Max(time, 1 / Math.Log10(count));
    }

    private static double Quantile(double[] values, double probability)
    {
        double[] sorted = [.. values.Order()];
        double position = (sorted.Length - 1) * probability;
        int below = (int)position;
        return below == sorted.Length - 1 ? sorted[below] : sorted[below] * (1 - position + below) + sorted[below + 1] * (position - below);
    }
}
