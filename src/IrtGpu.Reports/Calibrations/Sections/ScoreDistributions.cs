using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>How scores are distributed, of <c>score-distribution.csv</c>.</summary>
internal static class ScoreDistributions
{
    /// <summary>Bars of each group; empty where there are no scores.</summary>
    public static IReadOnlyList<Series> Series(ResultFolder folder, string attribute)
    {
        if (folder.TryTable("score-distribution.csv") is not { } table)
            return [];
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> own = table.Texts("attribute");
        double[] low = table.Numbers("low");
        double[] high = table.Numbers("high");
        double[] persons = table.Numbers("persons");
        return [.. Enumerable.Range(0, table.RowCount).Where(row => own[row] == attribute).GroupBy(row => group[row]).Select(rows => new Series(
            rows.Key.Length > 0 ? rows.Key : "persons", SeriesForm.Bars, [.. rows.Select(row => 0.5 * (low[row] + high[row]))], [.. rows.Select(row => persons[row])])
        {
            Lower = [.. rows.Select(row => low[row])],
            Upper = [.. rows.Select(row => high[row])],
        })];
    }
}
