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
        Dictionary<ItemKey, ParameterList> parameters = Parameters(folder.Table("items.csv"), withStatus: true);
        Dictionary<ItemKey, ParameterList> classical = Parameters(folder.Table("items-irt.csv"), withStatus: false);
        List<ItemEntry> entries = [];
        foreach (IGrouping<string, ItemKey> item in parameters.Keys.GroupBy(key => key.Item))
        {
            List<List<ItemKey>> sets = [];
            foreach (ItemKey key in item)
            {
                if (sets.Find(set => IsSame(parameters[set[0]].Parameters, parameters[key].Parameters)) is { } same)
                    same.Add(key);
                else
                    sets.Add([key]);
            }
            entries.AddRange(sets.Select(set => new ItemEntry(
                item.Key, parameters[set[0]].Function, [.. set.Select(key => new BlockName(key.Group, key.Class))], parameters[set[0]].Parameters,
                classical.TryGetValue(set[0], out ParameterList? found) ? found.Parameters : [])
            {
                Label = sets.Count == 1 ? "" : Label(set),
            }));
        }
        IReadOnlyList<ItemEntry> complete = WithFit(WithObserved(WithCategories(entries, folder), folder), folder);
        return ItemFlags.Mark(complete, folder);
    }

    private static string Label(IEnumerable<ItemKey> set) =>
        string.Join(", ", set.Select(key => key.Group.Length > 0 && key.Class.Length > 0 ? $"{key.Group}, class {key.Class}" : key.Class.Length > 0 ? $"class {key.Class}" : key.Group));

    private static bool IsSame(List<ItemParameter> left, List<ItemParameter> right) =>
        left.Count == right.Count && !left.Where((parameter, place) => parameter.Name != right[place].Name || !parameter.Estimate.Equals(right[place].Estimate)).Any();

    private static Dictionary<ItemKey, ParameterList> Parameters(ResultTable table, bool withStatus)
    {
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> item = table.Texts("item");
        IReadOnlyList<string> function = table.Texts("function");
        IReadOnlyList<string> name = table.Texts("parameter");
        IReadOnlyList<string>? status = withStatus ? table.Texts("status") : null;
        double[] estimate = table.Numbers("estimate");
        double[] error = table.Numbers("se");
        Dictionary<ItemKey, ParameterList> found = [];
        for (int row = 0; row < table.RowCount; row++)
        {
            ItemKey key = new(group[row], latent[row], item[row]);
            if (!found.TryGetValue(key, out ParameterList? entry))
                found[key] = entry = new ParameterList(function[row], []);
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
        ILookup<ItemKey, int> rows = Enumerable.Range(0, table.RowCount).ToLookup(row => new ItemKey(group[row], "", item[row]));
        return [.. entries.Select(entry => entry with
        {
            Categories = [.. entry.Blocks.Select(block => block.Group).Distinct().SelectMany(own => rows[new ItemKey(own, "", entry.Name)]).GroupBy(row => (int)code[row]).OrderBy(same => same.Key)
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
        ILookup<ItemKey, int> rows = Enumerable.Range(0, table.RowCount).ToLookup(row => new ItemKey(group[row], latent[row], item[row]));
        return [.. entries.Select(entry => entry with
        {
            Observed = [.. entry.Blocks.SelectMany(block => rows[new ItemKey(block.Group, block.Class, entry.Name)].Select(row => new ObservedShare(
                Label([new ItemKey(block.Group, block.Class, entry.Name)]), (int)code[row], theta[row], persons[row], observed[row], expected[row])))],
        })];
    }

    private static IReadOnlyList<ItemEntry> WithFit(IReadOnlyList<ItemEntry> entries, ResultFolder folder)
    {
        Dictionary<ItemKey, Dictionary<string, double>> fit = [];
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
                    ItemKey key = new(group[row], "", item[row]);
                    if (!fit.TryGetValue(key, out Dictionary<string, double>? own))
                        fit[key] = own = [];
                    own[column] = values[row];
                }
            }
        }

        Dictionary<string, double> Worst(ItemEntry entry) => entry.Blocks.Select(block => block.Group).Distinct()
            .Select(group => fit.GetValueOrDefault(new ItemKey(group, "", entry.Name))).OfType<Dictionary<string, double>>()
            .OrderBy(own => own.TryGetValue("sx2_p", out double p) && !double.IsNaN(p) ? p : 2).ThenByDescending(own => own.GetValueOrDefault("rmsd")).FirstOrDefault() ?? [];
    }

    // Classes, not tuples: code over references is compiled once for all, ahead of time, and code over each kind of tuple when it runs.
    private sealed record ItemKey(string Group, string Class, string Item);

    private sealed record ParameterList(string Function, List<ItemParameter> Parameters);
}
