using System.Globalization;

namespace IrtGpu.Differential.Results;

/// <summary>A scan in plain text: what differs, by which test, how much.</summary>
public static class DifReport
{
    private const double Level = 0.05;
    private const int MostItems = 20;

    /// <summary>The lines.</summary>
    /// <param name="result">The scan.</param>
    public static IReadOnlyList<string> Lines(DifResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        List<string> lines = [$"Groups       {string.Join(", ", result.Groups)} (reference: {result.Groups[0]})"];
        if (result.Rounds > 0)
            lines.Add(FormattableString.Invariant($"Anchors      purified in {result.Rounds} round(s), {result.Tests.Where(test => test.IsAnchor).Select(test => test.Item).Distinct().Count()} items"));
        foreach (IGrouping<(string Method, string Comparison), ItemDif> family in result.Tests.Concat(result.SumScoreTests).GroupBy(test => (test.Method, test.Comparison)))
        {
            bool isPair = result.Groups.Count > 2 && family.Key.Comparison != "all"; // of many groups those pairs that differ
            if (!isPair || family.Any(test => test.AdjustedP < Level))
                AddFamily(lines, $"{family.Key.Method}, {family.Key.Comparison}", [.. family]);
        }
        string[] untested = [.. result.Tests.Concat(result.SumScoreTests).Where(test => test.Statistic is null && !test.IsAnchor && test.Reason.Length > 0)
            .GroupBy(test => (test.Item, test.Reason)).Select(group => $"  {group.Key.Item}: {group.Key.Reason}")];
        if (untested.Length > 0)
            lines.AddRange([FormattableString.Invariant($"Not tested   {untested.Length}"), .. untested.Take(MostItems)]);
        if (result.Partial is not null)
            AddReleased(lines, result);
        return lines;
    }

    private static void AddFamily(List<string> lines, string name, ItemDif[] tests)
    {
        ItemDif[] tested = [.. tests.Where(test => test.Statistic is not null)];
        ItemDif[] differing = [.. tested.Where(test => test.AdjustedP < Level).OrderBy(test => test.AdjustedP).ThenByDescending(test => test.Statistic)];
        lines.Add(FormattableString.Invariant($"{name}: {differing.Length} of {tested.Length} items differ (adjusted p < {Level})"));
        if (differing.Length == 0)
            return;
        lines.AddRange(Columns(
            ["item", "chi-square", "df", "p adjusted", "signed", "unsigned", "class"],
            [.. differing.Take(MostItems).Select(test => (string[])
            [
                test.Item, Show(test.Statistic, "0.00"), test.Df?.ToString(CultureInfo.InvariantCulture) ?? "", Show(test.AdjustedP, "0.0000"), Show(test.EffectSigned, "0.000"),
                Show(test.EffectUnsigned, "0.000"), test.Class,
            ])]));
        if (differing.Length > MostItems)
            lines.Add($"  … and {differing.Length - MostItems} more");
    }

    private static void AddReleased(List<string> lines, DifResult result)
    {
        lines.Add(FormattableString.Invariant($"Released     {result.Released.Count} item × group parameters in {result.Released.Select(released => released.Step).DefaultIfEmpty(0).Max()} step(s)"));
        if (result.Released.Count > 0)
        {
            lines.AddRange(Columns(
                ["step", "item", "group", "rmsd", "gain of the step in log L"],
                [.. result.Released.Take(MostItems).Select(released => (string[])
                [
                    released.Step.ToString(CultureInfo.InvariantCulture), released.Item, released.Group, Show(released.Rmsd, "0.000"), Show(released.Gain, "0.00"),
                ])]));
        }
    }

    private static IEnumerable<string> Columns(string[] header, string[][] rows)
    {
        int[] widths = [.. header.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max())];
        return rows.Prepend(header).Select(row => "  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string Show(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "";
}
