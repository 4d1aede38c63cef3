using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>Items that work differently in groups, of <c>dif.csv</c>.</summary>
internal static class DifferentialSection
{
    private const double Significant = 0.05;
    private const int ShownItems = 60;

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("dif.csv") is not { } table)
            return null;
        IReadOnlyList<string> item = table.Texts("item");
        IReadOnlyList<string> comparison = table.Texts("comparison");
        IReadOnlyList<string>? method = table.Has("method") ? table.Texts("method") : null;
        IReadOnlyList<string> size = table.Texts("class");
        double[] statistic = table.Numbers("statistic");
        double[] df = table.Numbers("df");
        double[] p = table.Numbers("p");
        double[] adjusted = table.Numbers("p_adjusted");
        double[] signed = table.Numbers("effect_signed");
        double[] mean = table.NumbersIfAny("mean_difference");
        double[] rmsd = table.NumbersIfAny("rmsd");
        int[] all = [.. Enumerable.Range(0, table.RowCount)];
        TableView tests = new("dif-table", "Tests of every item",
            [
                new Column("Item"), new Column("Comparison"), new Column("Test"), new Column("χ²", true), new Column("df", true), new Column("p", true), new Column("p adjusted", true, "By Benjamini and Hochberg among the items of one test"),
                new Column("Area", true, "Between the curves of expected scores, the second group of the comparison less the first"), new Column("Mean difference", true, "The same averaged over persons, in points"), new Column("RMSD", true), new Column("Class", Hint: "A negligible, C large"),
            ],
            [.. all.Select(row => new Row([
                Cell.Of(item[row]), Cell.Of(comparison[row]), Cell.Of(method?[row] ?? ""), Cell.Of(statistic[row], 2), Cell.Of(df[row], 0), Cell.Probability(p[row]), Cell.Probability(adjusted[row], adjusted[row] < Significant ? "notice" : ""),
                Cell.Of(signed[row]), Cell.Of(mean[row]), Cell.Of(rmsd[row]), Cell.Of(size[row]),
            ]) { Words = adjusted[row] < Significant ? ["differs"] : [] })])
        { File = "dif.csv", Filters = all.Any(row => adjusted[row] < Significant) ? ["differs"] : [] };
        return new Section("dif", "Differences between groups", "Whether persons of the same θ answer an item differently in different groups. Significance depends on the number of persons: read how large a difference is.")
        {
            Figures = [.. all.Where(row => double.IsFinite(mean[row])).GroupBy(row => comparison[row]).Select((rows, number) => Effects(number, rows.Key, [.. rows.DistinctBy(row => item[row])], item, mean, adjusted))],
            Tables = [tests],
        };
    }

    private static Figure Effects(int number, string comparison, int[] rows, IReadOnlyList<string> item, double[] mean, double[] adjusted)
    {
        int[] shown = [.. rows.OrderByDescending(row => Math.Abs(mean[row])).Take(ShownItems).OrderBy(row => mean[row])];
        Series Points(string name, Func<int, bool> isIn, int colour)
        {
            int[] places = [.. Enumerable.Range(0, shown.Length).Where(place => isIn(shown[place]))];
            return new Series(name, SeriesForm.Points, [.. places.Select(place => mean[shown[place]])], [.. places.Select(place => (double)place)]) { Labels = [.. places.Select(place => item[shown[place]])], Colour = colour };
        }
        int significant = rows.Count(row => adjusted[row] < Significant);
        return new Figure($"dif-{number}", $"Mean difference, {comparison}", $"{significant} of {rows.Length} items differ (adjusted p < 0.05).{(shown.Length < rows.Length ? $" The {shown.Length} largest are shown." : "")} To the right: easier for the first named group.",
            new Axis("difference of expected scores, in points"), new Axis("") { Names = [.. shown.Select(row => item[row])] },
            [Points("adjusted p < 0.05", row => adjusted[row] < Significant, 1), Points("not significant", row => !(adjusted[row] < Significant), 0)])
        { Height = Math.Clamp(130 + 20 * shown.Length, 200, 1300), Marks = [new Mark(0, "")] };
    }
}
