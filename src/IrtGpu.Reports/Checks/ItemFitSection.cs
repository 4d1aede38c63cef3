using IrtGpu.Inference.Testing;
using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>How each item fits, of <c>item-fit.csv</c> and <c>rmsd.csv</c>.</summary>
internal static class ItemFitSection
{
    private const double SmallProbability = 0.01;
    private const double NoticedDeviation = 0.05;

    private static readonly (string Column, string Title, int Decimals)[] Shown =
        [("sx2", "S-X²", 2), ("sx2_df", "df", 0), ("sx2_p", "p", 3), ("infit", "Infit", 2), ("outfit", "Outfit", 2), ("rmsd", "RMSD", 3), ("rmsd_corrected", "RMSD corrected", 3), ("md", "MD", 3)];

    public static Section? Of(ResultFolder folder)
    {
        if (Read(folder) is not { Count: > 0 } items)
            return null;
        (string Column, string Title, int Decimals)[] columns = [.. Shown.Where(one => items.Any(item => item.Values.ContainsKey(one.Column)))];
        bool hasGroups = items.Any(item => item.Group.Length > 0);
        TableView table = new("item-fit-table", "Every item",
            [new Column("Item"), .. hasGroups ? (Column[])[new Column("Group")] : [], .. columns.Select(one => new Column(one.Title, true))],
            [.. items.Select(item => new Row([
                Cell.Of(item.Item), .. hasGroups ? (Cell[])[Cell.Of(item.Group)] : [],
                .. columns.Select(one => one.Column == "sx2_p" ? Cell.Probability(Value(item, one.Column), Value(item, one.Column) < SmallProbability ? "notice" : "")
                    : Cell.Of(Value(item, one.Column), one.Decimals, one.Column.StartsWith("rmsd", StringComparison.Ordinal) && Value(item, one.Column) >= NoticedDeviation ? "notice" : "")),
            ]))])
        { File = "item-fit.csv, rmsd.csv" };
        List<Figure> figures = [];
        if (columns.Any(one => one.Column == "infit"))
            figures.Add(new Figure("infit", "Infit of the items", "1 as the model says; 0.7 to 1.3 is usual.", new Axis("infit"), new Axis("items", 0), [Histogram.Of("items", items.Select(item => Value(item, "infit")))]) { Height = 240 });
        if (columns.Any(one => one.Column == "rmsd_corrected"))
            figures.Add(new Figure("rmsd", "RMSD of the items", "Corrected for what sampling adds; 0.05 is much.", new Axis("RMSD"), new Axis("items", 0), [Histogram.Of("items", items.Select(item => Value(item, "rmsd_corrected")))]) { Height = 240 });
        return new Section("item-fit", "Item fit", "Item by item: whether its curve has the shape that the data draw (S-X², RMSD), and whether answers are as predictable as the model says (infit, outfit).") { Figures = figures, Tables = [table] };
    }

    /// <summary>What the verdict says of items.</summary>
    public static void AddFindings(ResultFolder folder, List<Finding> findings)
    {
        if (Read(folder) is not { Count: > 0 } items)
            return;
        (string Name, double P)[] tested = [.. items.Where(item => !double.IsNaN(Value(item, "sx2_p"))).Select(item => (item.Item, Value(item, "sx2_p"))).OrderBy(test => test.Item2)];
        double?[] adjusted = FalseDiscovery.Adjust([.. tested.Select(test => (double?)test.P)]);
        string[] bad = [.. tested.Where((_, place) => adjusted[place] < SmallProbability).Select(test => test.Name).Distinct()];
        string[] far = [.. items.Where(item => Value(item, "rmsd_corrected") >= NoticedDeviation).OrderByDescending(item => Value(item, "rmsd_corrected")).Select(item => item.Item).Distinct()];
        Link[] links = [new Link("item-fit", "Item fit")];
        if (far.Length > 0)
            findings.Add(new Finding(Level.Notice, $"{far.Length} {(far.Length == 1 ? "item lies" : "items lie")} far from the curve.", $"RMSD of 0.05 or more: {string.Join(", ", far.Take(6))}{(far.Length > 6 ? ", …" : "")}.") { Links = links });
        if (bad.Length > 0)
            findings.Add(new Finding(Level.Notice, $"S-X² rejects {bad.Length} of {tested.Length} items.", $"{string.Join(", ", bad.Take(6))}{(bad.Length > 6 ? ", …" : "")}. With many persons small misfit is significant, too.") { Links = links });
        if (far.Length + bad.Length == 0)
            findings.Add(new Finding(Level.Good, "No item stands out.", "Neither by S-X² nor by RMSD.") { Links = links });
    }

    private static double Value((string Group, string Item, Dictionary<string, double> Values) item, string column) => item.Values.GetValueOrDefault(column, double.NaN);

    private static List<(string Group, string Item, Dictionary<string, double> Values)> Read(ResultFolder folder)
    {
        Dictionary<(string Group, string Item), Dictionary<string, double>> items = [];
        foreach (string name in new[] { "item-fit.csv", "rmsd.csv" })
        {
            if (folder.TryTable(name) is not { } table)
                continue;
            IReadOnlyList<string> group = table.Texts("group");
            IReadOnlyList<string> item = table.Texts("item");
            foreach ((string column, _, _) in Shown.Where(one => table.Has(one.Column)))
            {
                double[] values = table.Numbers(column);
                for (int row = 0; row < values.Length; row++)
                {
                    if (!items.TryGetValue((group[row], item[row]), out Dictionary<string, double>? own))
                        items[(group[row], item[row])] = own = [];
                    own[column] = values[row];
                }
            }
        }
        return [.. items.Select(entry => (entry.Key.Group, entry.Key.Item, entry.Value))];
    }
}
