namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>A generalised Pareto distribution: shape k and scale σ.</summary>
/// <param name="Shape">k; moments below 1/k are finite.</param>
/// <param name="Scale">σ.</param>
internal readonly record struct ParetoTail(double Shape, double Scale)
{
    private const int GridPoints = 30;
    private const double PriorScale = 3;
    private const double PriorWeight = 10; // observations' worth of k = 1/2
    private const double PriorShape = 0.5;

    /// <summary>Fits.</summary>
    /// <remarks>
    /// Zhang &amp; Stephens (2009), Technometrics 51, 316–325: the mean of θ = −k/σ under a weak prior, by its profile likelihood on a grid;
    /// then k drawn a little to ½ (Vehtari, Simpson, Gelman, Yao &amp; Gabry 2024).
    /// </remarks>
    /// <param name="sorted">Excesses over the threshold, ascending, the last positive.</param>
    public static ParetoTail Fit(ReadOnlySpan<double> sorted)
    {
        int n = sorted.Length;
        int points = GridPoints + (int)Math.Sqrt(n);
        double quartile = sorted[Math.Max(0, (int)(n / 4.0 + 0.5) - 1)];
        double[] theta = new double[points];
        double[] logWeight = new double[points];
        for (int point = 0; point < points; point++)
        {
            theta[point] = 1 / sorted[^1] + (1 - Math.Sqrt(points / (point + 0.5))) / PriorScale / quartile;
            double shape = MeanLog(theta[point], sorted);
            logWeight[point] = n * (Math.Log(-theta[point] / shape) - shape - 1);
        }
        double largest = logWeight.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
        double sum = 0;
        double mean = 0;
        for (int point = 0; point < points; point++)
        {
            double weight = double.IsFinite(logWeight[point]) ? Math.Exp(logWeight[point] - largest) : 0;
            sum += weight;
            mean += weight * theta[point];
        }
        mean /= sum;
        double k = MeanLog(mean, sorted);
        double scale = -k / mean;
        double shrunken = (k * n + PriorWeight * PriorShape) / (n + PriorWeight);
        return new ParetoTail(double.IsNaN(shrunken) ? double.PositiveInfinity : shrunken, scale);
    }

    /// <summary>A quantile.</summary>
    /// <param name="probability">Between 0 and 1.</param>
    public double Quantile(double probability)
    {
        double log = -Math.Log(1 - probability);
        return Math.Abs(Shape) < 1e-12 ? Scale * log : Scale * (Math.Exp(Shape * log) - 1) / Shape;
    }

    private static double MeanLog(double theta, ReadOnlySpan<double> sorted)
    {
        double sum = 0;
        foreach (double value in sorted)
            sum += Math.Log(1 - theta * value);
        return sum / sorted.Length;
    }
}
