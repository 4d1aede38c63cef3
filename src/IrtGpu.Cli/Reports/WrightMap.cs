using System.Globalization;
using System.Text;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Cli.Reports;

/// <summary>Persons and items on one scale, in a few lines of text: where persons are whom no item measures well, and items that are too easy or too hard.</summary>
/// <remarks>Wright and Stone (1979), Best Test Design. An item with several steps stands at their mean.</remarks>
internal sealed class WrightMap
{
    private const int MostRows = 13;
    private const int BarLength = 20;
    private const int ItemsLength = 48;
    private const double Reach = 3.5; // standard deviations of the persons: items beyond stand in the outermost rows
    private static readonly double[] Steps = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100];

    private readonly double step;
    private readonly int lowest; // multiple of the step at which the lowest row is centred
    private readonly double[] weight; // [row], lowest first
    private readonly List<string>[] items; // [row]
    private readonly bool hasBeyond;

    private WrightMap(double[] thetas, double[] weights, IReadOnlyList<(string Name, double Location)> located)
    {
        double total = weights.Sum();
        double mean = thetas.Zip(weights, (theta, w) => theta * w).Sum() / total;
        double deviation = Math.Max(0.1, Math.Sqrt(thetas.Zip(weights, (theta, w) => (theta - mean) * (theta - mean) * w).Sum() / total));
        double low = Math.Max(mean - Reach * deviation, Math.Min(thetas.Min(), located.Min(item => item.Location)));
        double high = Math.Min(mean + Reach * deviation, Math.Max(thetas.Max(), located.Max(item => item.Location)));
        step = Steps.FirstOrDefault(width => high / width - low / width < MostRows - 1, Steps[^1]);
        lowest = (int)Math.Round(low / step);
        int count = Math.Max(1, (int)Math.Round(high / step) - lowest + 1);
        weight = new double[count];
        items = [.. Enumerable.Range(0, count).Select(_ => new List<string>())];
        for (int k = 0; k < thetas.Length; k++)
            weight[Row(thetas[k])] += weights[k];
        foreach ((string name, double location) in located)
        {
            bool isAbove = location > (lowest + count - 0.5) * step;
            bool isBelow = location < (lowest - 0.5) * step;
            hasBeyond |= isAbove || isBelow;
            items[Row(location)].Add(isAbove || isBelow ? string.Create(CultureInfo.InvariantCulture, $"{name}{(isAbove ? '↑' : '↓')}{location:0.0}") : name);
        }
    }

    /// <summary>The map of a calibration; null where there is not one scale with scores and difficulties on it.</summary>
    public static WrightMap? Of(CalibrationResult result)
    {
        if (result.Plan.AttributeCount != 1 || result.Plan.ClassCount != 1 || result.Scores is not { } scores)
            return null;
        double[] weights = [.. result.Patterns.Frequency];
        (string, double)[] located = [.. IrtTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors)
            .Where(row => row.Parameter.StartsWith('b') && row.Estimate is { } value && double.IsFinite(value))
            .GroupBy(row => row.Item)
            .Select(item => (item.Key, item.Average(row => row.Estimate!.Value)))];
        return located.Length == 0 || !(weights.Sum() > 0) || !scores.Mean.All(double.IsFinite) ? null : new WrightMap(scores.Mean, weights, located);
    }

    /// <summary>The lines, the highest row first.</summary>
    public IEnumerable<string> Lines()
    {
        double unit = Math.Max(weight.Max() / BarLength, double.Epsilon);
        yield return string.Create(CultureInfo.InvariantCulture, $"Wright map   persons by score (# is {unit:0.##} persons) and items by difficulty{(hasBeyond ? "; ↑ ↓: beyond the map, at" : "")}");
        for (int row = weight.Length - 1; row >= 0; row--)
        {
            int bar = (int)Math.Ceiling(weight[row] / unit - 1e-9);
            yield return string.Create(CultureInfo.InvariantCulture, $"{(lowest + row) * step,8:0.0#} {new string('#', bar),BarLength} | {Names(items[row])}").TrimEnd();
        }
    }

    private int Row(double value) => Math.Clamp((int)Math.Round(Math.Clamp(value / step, -1e6, 1e6)) - lowest, 0, weight.Length - 1);

    private static string Names(List<string> names)
    {
        StringBuilder text = new();
        for (int k = 0; k < names.Count; k++)
        {
            string rest = k < names.Count - 1 ? string.Create(CultureInfo.InvariantCulture, $" +{names.Count - k - 1}") : "";
            if (k > 0 && text.Length + 1 + names[k].Length + rest.Length > ItemsLength)
                return text.Append(CultureInfo.InvariantCulture, $" +{names.Count - k}").ToString();
            text.Append(k > 0 ? " " : "").Append(names[k].Length > ItemsLength ? names[k][..(ItemsLength - 1)] + "…" : names[k]);
        }
        return text.ToString();
    }
}
