using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>Pairs of items that go together beyond θ, of <c>local-dependence.csv</c>.</summary>
internal static class DependenceSection
{
    private const int ShownPairs = 100;
    private const double Noticed = 0.2;

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("local-dependence.csv") is not { } table)
            return null;
        IReadOnlyList<string> first = table.Texts("item");
        IReadOnlyList<string> second = table.Texts("item2");
        IReadOnlyList<string>? group = table.Has("group") ? table.Texts("group") : null;
        double[] q3 = table.Numbers("q3");
        double[] aq3 = table.Numbers("aq3");
        double[] x2 = table.NumbersIfAny("ldx2");
        double[] p = table.NumbersIfAny("ldx2_p");
        bool hasGroups = group is not null && group.Any(name => name.Length > 0);
        int[] largest = [.. Enumerable.Range(0, table.RowCount).OrderByDescending(row => double.IsNaN(aq3[row]) ? -1 : Math.Abs(aq3[row])).Take(ShownPairs)];
        TableView pairs = new("pairs", "The most dependent pairs of items",
            [
                new Column("Item"), new Column("and item"), .. hasGroups ? (Column[])[new Column("Group")] : [],
                new Column("Adjusted Q3", true, "Correlation of residuals less the mean over all pairs; beyond ±0.2 is much"), new Column("Q3", true), new Column("LD-X²", true), new Column("p", true),
            ],
            [.. largest.Select(row => new Row([
                Cell.Of(first[row]), Cell.Of(second[row]), .. hasGroups ? (Cell[])[Cell.Of(group![row])] : [], Cell.Of(aq3[row], 3, Math.Abs(aq3[row]) > Noticed ? "notice" : ""), Cell.Of(q3[row]), Cell.Of(x2[row], 2), Cell.Probability(p[row]),
            ]))])
        { File = "local-dependence.csv", RowsInFile = table.RowCount > ShownPairs ? table.RowCount : 0 };
        int noticed = aq3.Count(value => Math.Abs(value) > Noticed);
        return new Section("dependence", "Residual dependence", "Given θ, answers to different items should have nothing more in common. Pairs that have share a text, a wording or a trick; they make the test look more precise than it is.")
        {
            Figures = [new Figure("aq3", "Adjusted Q3 of all pairs", $"{Number.Count(noticed)} of {Number.Count(table.RowCount)} pairs lie beyond ±0.2.", new Axis("adjusted Q3"), new Axis("pairs", 0), [Histogram.Of("pairs", aq3)]) { Height = 260 }],
            Tables = [pairs],
        };
    }
}
