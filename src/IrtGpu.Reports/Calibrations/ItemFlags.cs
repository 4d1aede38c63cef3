using IrtGpu.Inference.Testing;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations;

/// <summary>What is to be noticed in items, in words. Thresholds are those in use for questionnaires and tests; none is a law.</summary>
internal static class ItemFlags
{
    private const double NoticedDeviation = 0.05;
    private const double LargeDeviation = 0.10;
    private const double LowDiscrimination = 0.35;
    private const double SmallProbability = 0.01;
    private const double NoticedDependence = 0.2;
    private const double LooseDifficulty = 0.5;

    /// <summary>Marks every item.</summary>
    public static IReadOnlyList<ItemEntry> Mark(IReadOnlyList<ItemEntry> entries, ResultFolder folder)
    {
        Dictionary<string, double> adjusted = Adjusted(entries);
        ILookup<string, ItemFlag> dependence = Dependence(folder);
        ILookup<string, ItemFlag> differences = Differences(folder);
        return [.. entries.Select(entry => entry with
        {
            Flags = [.. Of(entry, adjusted).Concat(dependence[entry.Name]).Concat(differences[entry.Name]).OrderByDescending(flag => flag.Level).ThenByDescending(flag => flag.Weight)],
        })];
    }

    private static IEnumerable<ItemFlag> Of(ItemEntry entry, Dictionary<string, double> adjusted)
    {
        if (entry.Deviation >= NoticedDeviation)
            yield return new ItemFlag(entry.Deviation >= LargeDeviation ? Level.Problem : Level.Notice, "fits badly", $"What persons answered lies {Number.Show(entry.Deviation, 2)} from the curve on average (RMSD); {Number.Show(NoticedDeviation, 2)} is much.", entry.Deviation / NoticedDeviation);
        if (entry.Discrimination is { Estimate: var slope } && Parameter(entry, "a1") is not { Status: "fixed" })
        {
            if (slope < 0)
                yield return new ItemFlag(Level.Problem, "runs backwards", $"Its discrimination is {Number.Show(slope, 2)}: the more able answer it worse. Its key or its coding may be turned round.", 3 - slope);
            else if (slope < LowDiscrimination)
                yield return new ItemFlag(Level.Notice, "hardly separates", $"Its discrimination is {Number.Show(slope, 2)}: able and less able persons answer it nearly alike.", 1 + (LowDiscrimination - slope) / LowDiscrimination);
        }
        string[] bounds = [.. entry.Parameters.Where(parameter => parameter.Status == "bound").Select(parameter => parameter.Name)];
        if (bounds.Length > 0)
            yield return new ItemFlag(Level.Notice, "without limit", $"The data give {string.Join(", ", bounds)} no limit, so the estimate ran to its bound.", 1.5);
        if (entry.Categories.Count == 2 && entry.MeanScore is > 0.97 or < 0.03)
            yield return new ItemFlag(Level.Notice, entry.MeanScore > 0.5 ? "too easy" : "too hard", $"{Number.Percent(entry.MeanScore, 1)} give the higher answer, so it tells few persons apart.", 1.2);
        double loose = entry.Difficulties.Where(parameter => !double.IsNaN(parameter.StandardError)).Select(parameter => parameter.StandardError).DefaultIfEmpty(0).Max();
        if (loose > LooseDifficulty)
            yield return new ItemFlag(Level.Notice, "imprecise", $"A difficulty has a standard error of {Number.Show(loose, 2)}: too few persons are where it is.", 0.5 + 0.5 * Math.Min(2, loose / LooseDifficulty));
        if (adjusted.TryGetValue(entry.FullName, out double p) && p < SmallProbability)
            yield return new ItemFlag(Level.Notice, "S-X² large", $"S-X² says that its curve has another shape ({Number.Equality(p)} after Benjamini and Hochberg's correction).", 1 + Math.Min(1, -Math.Log10(p) / 20));
        if (entry.Fit.TryGetValue("infit", out double infit) && infit is < 0.7 or > 1.3)
            yield return new ItemFlag(Level.Notice, infit > 1 ? "infit high" : "infit low", $"Its infit is {Number.Show(infit, 2)}: answers are {(infit > 1 ? "less" : "more")} predictable than the model says.", 1 + Math.Abs(infit - 1));
    }

    private static ItemParameter? Parameter(ItemEntry entry, string name) => entry.Parameters.FirstOrDefault(parameter => parameter.Name == name);

    /// <summary>p of S-X² by Benjamini and Hochberg: the smallest false discovery rate at which an item is named.</summary>
    private static Dictionary<string, double> Adjusted(IReadOnlyList<ItemEntry> entries)
    {
        ItemEntry[] tested = [.. entries.Where(entry => entry.Fit.TryGetValue("sx2_p", out double p) && !double.IsNaN(p))];
        double?[] adjusted = FalseDiscovery.Adjust([.. tested.Select(entry => (double?)entry.Fit["sx2_p"])]);
        Dictionary<string, double> byName = [];
        for (int place = 0; place < tested.Length; place++)
            byName[tested[place].FullName] = adjusted[place]!.Value;
        return byName;
    }

    private static ILookup<string, ItemFlag> Dependence(ResultFolder folder)
    {
        if (folder.TryTable("local-dependence.csv") is not { } table || !table.Has("aq3"))
            return Array.Empty<NamedFlag>().ToLookup(named => named.Item, named => named.Flag);
        IReadOnlyList<string> first = table.Texts("item");
        IReadOnlyList<string> second = table.Texts("item2");
        double[] correlation = table.Numbers("aq3");
        Dictionary<string, NamedFlag> strongest = new(StringComparer.Ordinal);
        for (int row = 0; row < table.RowCount; row++)
        {
            if (Math.Abs(correlation[row]) <= NoticedDependence || double.IsNaN(correlation[row]))
                continue;
            foreach (bool isFirst in new[] { true, false })
            {
                (string own, string other) = isFirst ? (first[row], second[row]) : (second[row], first[row]);
                double weight = 0.6 + Math.Abs(correlation[row]);
                if (!strongest.TryGetValue(own, out NamedFlag? known) || known.Flag.Weight < weight)
                    strongest[own] = new NamedFlag(own, new ItemFlag(Level.Notice, "depends on another", $"Given θ its answers go with those to {other} (adjusted Q3 {Number.Show(correlation[row], 2)}).", weight));
            }
        }
        return strongest.Values.ToLookup(named => named.Item, named => named.Flag);
    }

    private static ILookup<string, ItemFlag> Differences(ResultFolder folder)
    {
        if (folder.TryTable("dif.csv") is not { } table)
            return Array.Empty<NamedFlag>().ToLookup(named => named.Item, named => named.Flag);
        IReadOnlyList<string> item = table.Texts("item");
        IReadOnlyList<string> comparison = table.Texts("comparison");
        double[] p = table.Numbers("p_adjusted");
        double[] effect = table.NumbersIfAny("mean_magnitude");
        IReadOnlyList<string> size = table.Texts("class");
        return Enumerable.Range(0, table.RowCount).Where(row => p[row] < 0.05)
            .GroupBy(row => item[row]).Select(group => group.MinBy(row => p[row]))
            .ToLookup(row => item[row], row => new ItemFlag(size[row] == "C" ? Level.Problem : Level.Notice, "differs by group",
                $"Persons of equal θ answer it differently ({comparison[row]}): {Number.Equality(p[row])}{(double.IsNaN(effect[row]) ? "" : $", by {Number.Show(effect[row], 2)} points on average")}.", 0.8 + (double.IsNaN(effect[row]) ? 0 : 5 * effect[row])));
    }

    private sealed record NamedFlag(string Item, ItemFlag Flag);
}
