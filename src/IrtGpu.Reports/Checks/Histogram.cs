using IrtGpu.Foundation.Collections;
using IrtGpu.Reports.Figures;

namespace IrtGpu.Reports.Checks;

/// <summary>Counts in equal intervals.</summary>
internal static class Histogram
{
    private const int FewestIntervals = 20;

    /// <summary>Bars of finite values.</summary>
    public static Series Of(string name, IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
            return new Series(name, SeriesForm.Bars, [], []);
        double low = finite.Min();
        double width = RoundIntervals.Width(finite.Max() - low, FewestIntervals);
        double first = Math.Floor(low / width);
        double[] counts = new double[(int)(Math.Floor(finite.Max() / width) - first) + 1];
        foreach (double value in finite)
            counts[Math.Clamp((int)(Math.Floor(value / width) - first), 0, counts.Length - 1)]++;
        return new Series(name, SeriesForm.Bars, [.. counts.Select((_, interval) => (first + interval + 0.5) * width)], counts)
        {
            Lower = [.. counts.Select((_, interval) => (first + interval) * width)],
            Upper = [.. counts.Select((_, interval) => (first + interval + 1) * width)],
        };
    }
}
