using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>How scores are distributed, of <c>score-distribution.csv</c>.</summary>
internal static class ScoreDistributions
{
    private const int MostGroups = 6; // drawn apart

    /// <summary>Bars of each group, or of all together where there are many; empty where there are no scores.</summary>
    public static IReadOnlyList<Series> Series(ResultFolder folder, string attribute)
    {
        if (folder.TryTable("score-distribution.csv") is not { } table)
            return [];
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> own = table.Texts("attribute");
        double[] low = table.Numbers("low");
        double[] high = table.Numbers("high");
        double[] persons = table.Numbers("persons");
        int[] all = [.. Enumerable.Range(0, table.RowCount).Where(row => own[row] == attribute)];
        if (all.Select(row => group[row]).Distinct().Count() > MostGroups)
        {
            IGrouping<double, int>[] intervals = [.. all.GroupBy(row => low[row]).OrderBy(rows => rows.Key)];
            return [new Series("persons of all groups", SeriesForm.Bars, [.. intervals.Select(rows => 0.5 * (rows.Key + high[rows.First()]))], [.. intervals.Select(rows => rows.Sum(row => persons[row]))])
            {
                Lower = [.. intervals.Select(rows => rows.Key)], Upper = [.. intervals.Select(rows => high[rows.First()])],
            }];
        }
        return [.. all.GroupBy(row => group[row]).Select(rows => new Series(
            rows.Key.Length > 0 ? rows.Key : "persons", SeriesForm.Bars, [.. rows.Select(row => 0.5 * (low[row] + high[row]))], [.. rows.Select(row => persons[row])])
        {
            Lower = [.. rows.Select(row => low[row])],
            Upper = [.. rows.Select(row => high[row])],
        })];
    }
}
