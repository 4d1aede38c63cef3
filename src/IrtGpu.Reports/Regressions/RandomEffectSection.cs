using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Regressions;

/// <summary>Standard deviations and correlations of random effects, and the effects of levels.</summary>
internal static class RandomEffectSection
{
    private const int ShownLevels = 80;

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("random-effects.csv") is not { } table)
            return null;
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> term = table.Texts("term");
        IReadOnlyList<string> term2 = table.Texts("term2");
        IReadOnlyList<string> parameter = table.Texts("parameter");
        string[] columns = ["estimate", "se", "lower", "upper"];
        double[][] numbers = [.. columns.Select(table.NumbersIfAny)];
        bool hasClasses = latent.Any(name => name.Length > 0);
        TableView view = new("random-table", "Standard deviations and correlations",
            [new Column("Group"), .. hasClasses ? (Column[])[new Column("Class")] : [], new Column("Parameter"), new Column("Term"), new Column("And"), new Column("Estimate", true), new Column("SE", true), new Column("2.5 %", true), new Column("97.5 %", true)],
            [.. Enumerable.Range(0, table.RowCount).Where(row => parameter[row] is "sd" or "correlation").Select(row => new Row([
                Cell.Of(group[row]), .. hasClasses ? (Cell[])[Cell.Of(latent[row])] : [], Cell.Of(parameter[row]), Cell.Of(term[row]), Cell.Of(term2[row]), .. numbers.Select(column => Cell.Of(column[row])),
            ]))])
        { File = "random-effects.csv" };
        return new Section("random", "Random effects", "How much levels of grouping factors differ, and each level's effect with its uncertainty: those whose bar does not reach 0 stand out.")
        { Figures = [.. Caterpillars(folder)], Tables = [view] };
    }

    private static IEnumerable<Figure> Caterpillars(ResultFolder folder)
    {
        if (folder.TryTable("blups.csv") is not { } table)
            yield break;
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> level = table.Texts("level");
        IReadOnlyList<string> term = table.Texts("term");
        double[] estimate = table.Numbers("estimate");
        double[] deviation = table.Numbers("sd");
        int number = 0;
        foreach (IGrouping<(string Class, string Group, string Term), int> rows in Enumerable.Range(0, table.RowCount).GroupBy(row => (latent[row], group[row], term[row])))
        {
            int[] sorted = [.. rows.OrderBy(row => estimate[row])];
            int[] shown = sorted.Length <= ShownLevels ? sorted : [.. sorted[..(ShownLevels / 2)], .. sorted[^(ShownLevels / 2)..]];
            string title = $"{rows.Key.Term} of {rows.Key.Group}{(rows.Key.Class.Length > 0 ? $", class {rows.Key.Class}" : "")}";
            yield return new Figure($"effects-{number}", title, sorted.Length > ShownLevels ? $"The {ShownLevels / 2} lowest and highest of {Number.Count(sorted.Length)} levels, with 95 % intervals." : "Each level with its 95 % interval, given the variances.",
                new Axis("effect"), new Axis("") { Names = [.. shown.Select(row => level[row])] },
                [new Series(title, SeriesForm.Intervals, [.. shown.Select(row => estimate[row])], [.. shown.Select((_, place) => (double)place)])
                {
                    Lower = [.. shown.Select(row => estimate[row] - 1.96 * deviation[row])], Upper = [.. shown.Select(row => estimate[row] + 1.96 * deviation[row])], Labels = [.. shown.Select(row => level[row])],
                }])
            { Height = Math.Clamp(110 + 16 * shown.Length, 200, 1300), Marks = [new Mark(0, "")] };
            if (sorted.Length > ShownLevels)
                yield return new Figure($"effects-all-{number}", $"{title}, all levels", $"{Number.Count(sorted.Length)} levels.", new Axis("effect"), new Axis("levels", 0), [Histogram.Of("levels", sorted.Select(row => estimate[row]))]) { Height = 260 };
            number++;
        }
    }
}
