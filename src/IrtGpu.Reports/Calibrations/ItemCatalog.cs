using IrtGpu.Reports.Folders;

namespace IrtGpu.Reports.Calibrations;

/// <summary>Puts the tables of a calibration together by items.</summary>
internal static class ItemCatalog
{
    private static readonly string[] FitColumns = ["sx2", "sx2_df", "sx2_p", "infit", "infit_z", "outfit", "outfit_z", "x2", "x2_df", "x2_p"];
    private static readonly string[] DeviationColumns = ["rmsd", "rmsd_corrected", "md"];

    /// <summary>Reads the items of a folder, in the order of the data.</summary>
    public static IReadOnlyList<ItemEntry> Of(ResultFolder folder)
    {
        Dictionary<(string Group, string Class, string Item), (string Function, List<ItemParameter> Parameters)> parameters = Parameters(folder.Table("items.csv"), withStatus: true);
        Dictionary<(string Group, string Class, string Item), (string Function, List<ItemParameter> Parameters)> classical = Parameters(folder.Table("items-irt.csv"), withStatus: false);
        List<ItemEntry> entries = [];
        foreach (IGrouping<string, (string Group, string Class, string Item)> item in parameters.Keys.GroupBy(key => key.Item))
        {
            List<List<(string Group, string Class, string Item)>> sets = [];
            foreach ((string Group, string Class, string Item) key in item)
            {
                if (sets.Find(set => IsSame(parameters[set[0]].Parameters, parameters[key].Parameters)) is { } same)
                    same.Add(key);
                else
                    sets.Add([key]);
            }
            entries.AddRange(sets.Select(set => new ItemEntry(
                item.Key, parameters[set[0]].Function, [.. set.Select(key => (key.Group, key.Class))], parameters[set[0]].Parameters,
                classical.TryGetValue(set[0], out (string Function, List<ItemParameter> Parameters) found) ? found.Parameters : [])
            {
                Label = sets.Count == 1 ? "" : Label(set),
            }));
        }
        IReadOnlyList<ItemEntry> complete = WithFit(WithObserved(WithCategories(entries, folder), folder), folder);
        return ItemFlags.Mark(complete, folder);
    }

    private static string Label(IEnumerable<(string Group, string Class, string Item)> set) =>
        string.Join(", ", set.Select(key => key.Group.Length > 0 && key.Class.Length > 0 ? $"{key.Group}, class {key.Class}" : key.Class.Length > 0 ? $"class {key.Class}" : key.Group));

    private static bool IsSame(List<ItemParameter> left, List<ItemParameter> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.Name == pair.Second.Name && pair.First.Estimate.Equals(pair.Second.Estimate));

    private static Dictionary<(string Group, string Class, string Item), (string Function, List<ItemParameter> Parameters)> Parameters(ResultTable table, bool withStatus)
    {
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> item = table.Texts("item");
        IReadOnlyList<string> function = table.Texts("function");
        IReadOnlyList<string> name = table.Texts("parameter");
        IReadOnlyList<string>? status = withStatus ? table.Texts("status") : null;
        double[] estimate = table.Numbers("estimate");
        double[] error = table.Numbers("se");
        Dictionary<(string Group, string Class, string Item), (string Function, List<ItemParameter> Parameters)> found = [];
        for (int row = 0; row < table.RowCount; row++)
        {
            (string, string, string) key = (group[row], latent[row], item[row]);
            if (!found.TryGetValue(key, out (string Function, List<ItemParameter> Parameters) entry))
                found[key] = entry = (function[row], []);
            entry.Parameters.Add(new ItemParameter(name[row], estimate[row], error[row], status?[row] ?? ""));
        }
        return found;
    }

    private static IReadOnlyList<ItemEntry> WithCategories(IReadOnlyList<ItemEntry> entries, ResultFolder folder)
    {
        if (folder.TryTable("item-categories.csv") is not { } table)
            return entries;
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> item = table.Texts("item");
        double[] code = table.Numbers("category");
        double[] persons = table.Numbers("persons");
        double[] theta = table.Numbers("theta");
        ILookup<(string, string), int> rows = Enumerable.Range(0, table.RowCount).ToLookup(row => (group[row], item[row]));
        return [.. entries.Select(entry => entry with
        {
            Categories = [.. entry.Blocks.Select(block => block.Group).Distinct().SelectMany(own => rows[(own, entry.Name)]).GroupBy(row => (int)code[row]).OrderBy(same => same.Key)
                .Select(same => new CategoryShare(same.Key, same.Sum(row => persons[row]), same.Sum(row => persons[row] * theta[row]) / same.Sum(row => persons[row])))],
        })];
    }

    private static IReadOnlyList<ItemEntry> WithObserved(IReadOnlyList<ItemEntry> entries, ResultFolder folder)
    {
        if (folder.TryTable("observed-curves.csv") is not { } table)
            return entries;
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> item = table.Texts("item");
        double[] code = table.Numbers("category");
        double[] theta = table.Numbers("theta");
        double[] persons = table.Numbers("persons");
        double[] observed = table.Numbers("observed");
        double[] expected = table.Numbers("expected");
        ILookup<(string, string, string), int> rows = Enumerable.Range(0, table.RowCount).ToLookup(row => (group[row], latent[row], item[row]));
        return [.. entries.Select(entry => entry with
        {
            Observed = [.. entry.Blocks.SelectMany(block => rows[(block.Group, block.Class, entry.Name)].Select(row => new ObservedShare(
                Label([(block.Group, block.Class, entry.Name)]), (int)code[row], theta[row], persons[row], observed[row], expected[row])))],
        })];
    }

    private static IReadOnlyList<ItemEntry> WithFit(IReadOnlyList<ItemEntry> entries, ResultFolder folder)
    {
        Dictionary<(string Group, string Item), Dictionary<string, double>> fit = [];
        Read(folder.TryTable("item-fit.csv"), FitColumns);
        Read(folder.TryTable("rmsd.csv"), DeviationColumns);
        return fit.Count == 0 ? entries : [.. entries.Select(entry => entry with { Fit = Worst(entry) })];

        void Read(ResultTable? table, string[] columns)
        {
            if (table is null)
                return;
            IReadOnlyList<string> group = table.Texts("group");
            IReadOnlyList<string> item = table.Texts("item");
            foreach (string column in columns.Where(table.Has))
            {
                double[] values = table.Numbers(column);
                for (int row = 0; row < values.Length; row++)
                {
                    if (!fit.TryGetValue((group[row], item[row]), out Dictionary<string, double>? own))
                        fit[(group[row], item[row])] = own = [];
                    own[column] = values[row];
                }
            }
        }

        Dictionary<string, double> Worst(ItemEntry entry) => entry.Blocks.Select(block => block.Group).Distinct()
            .Select(group => fit.GetValueOrDefault((group, entry.Name))).OfType<Dictionary<string, double>>()
            .OrderBy(own => own.TryGetValue("sx2_p", out double p) && !double.IsNaN(p) ? p : 2).ThenByDescending(own => own.GetValueOrDefault("rmsd")).FirstOrDefault() ?? [];
    }
}
