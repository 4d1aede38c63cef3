using IrtGpu.Items;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Planning.Constraints;

/// <summary>What becomes of item parameters where nobody among the persons that they are for gives a category.</summary>
internal sealed class UnusedCategories(DataShape shape, PlannedItem[] items, List<ItemParameterSet> sets, PlannedBlock[] blocks)
{
    private const int LargestShownCount = 5;

    private readonly List<(int Set, int Category)> tied = [];
    private readonly HashSet<int> withoutLimit = [];

    /// <summary>Free parameters that have no finite estimate.</summary>
    public IReadOnlySet<int> WithoutLimit => withoutLimit;

    /// <summary>Makes one parameter of those that meet.</summary>
    /// <param name="slots">What the user set and functions tie is set and tied already.</param>
    public void Tie(IItemSlots slots)
    {
        foreach ((int set, int[] unused) in Find())
        {
            PlannedItem item = items[sets[set].Item];
            tied.AddRange(item.Family.TieUnused(item, unused, sets[set].FirstSlot, slots).Select(category => (set, category)));
        }
    }

    /// <summary>Says what has no limit and what is one.</summary>
    /// <param name="layout">The map.</param>
    /// <param name="priors">Give limits.</param>
    /// <param name="describe">Words for a slot.</param>
    public IEnumerable<string> Warn(ParameterLayout layout, IReadOnlyList<PlannedPrior> priors, Func<int, string> describe)
    {
        (int Slot, int Set, int Category)[] open = FindWithoutLimit(layout, priors);
        if (open.Length > 0)
            yield return ExplainWithoutLimit(open, layout, describe);
        if (tied.Count > 0)
        {
            yield return $"Thresholds of graded items that meet, as nobody gives the category between them, are one parameter: {Show(tied.Select(pair => $"'{Name(pair.Set)}' ({Answer(pair.Set, pair.Category)})"))}. "
                + "Such a category has probability 0; join it with its neighbour if it should not.";
        }
    }

    /// <summary>Parameter sets with the categories that nobody whom they are for gives.</summary>
    private IEnumerable<(int Set, int[] Unused)> Find()
    {
        for (int set = 0; set < sets.Count && shape.Unused is not null; set++)
        {
            int item = sets[set].Item;
            int[] groups = GroupsOf(set);
            int[] unused = [.. Enumerable.Range(0, items[item].CategoryCount).Where(category => groups.All(group => shape.IsUnused(group, item, category)))];
            if (unused.Length > 0)
                yield return (set, unused);
        }
    }

    private (int Slot, int Set, int Category)[] FindWithoutLimit(ParameterLayout layout, IReadOnlyList<PlannedPrior> priors)
    {
        Dictionary<int, (int Set, int Category)> steps = []; // slots whose item has no limit for them
        foreach ((int set, int[] unused) in Find())
        {
            PlannedItem item = items[sets[set].Item];
            foreach (int category in unused)
            {
                foreach (int step in item.Family.StepsWithoutLimit(item, category))
                    steps.TryAdd(sets[set].FirstSlot + item.Attributes.Length + step, (set, category));
            }
        }
        HashSet<int> restrained = [.. priors.SelectMany(prior => layout.FreeOf(prior.Slot).ToArray())];
        foreach (IGrouping<int, int> slots in steps.Keys.Where(slot => layout.FreeOf(slot).Length == 1).GroupBy(slot => layout.FreeOf(slot)[0]))
        {
            if (slots.Count() == layout.Uses[slots.Key] && !restrained.Contains(slots.Key)) // wherever it enters
                withoutLimit.Add(slots.Key);
        }
        return [.. steps.Where(pair => layout.FreeOf(pair.Key).Length == 1 && withoutLimit.Contains(layout.FreeOf(pair.Key)[0]))
            .Select(pair => (pair.Key, pair.Value.Set, pair.Value.Category)).OrderBy(open => open.Key)];
    }

    private string ExplainWithoutLimit((int Slot, int Set, int Category)[] open, ParameterLayout layout, Func<int, string> describe)
    {
        (int slot, int set, _) = open[0];
        string item = Name(set);
        string parameter = layout.Slots[slot].Name;
        string group = GroupsOf(set).Length < shape.GroupNames.Length ? $", group: {shape.GroupNames[GroupsOf(set)[0]]}" : "";
        string equal = group.Length > 0 ? ", or parameters held equal across groups (--equal-across-groups, --free-items)" : "";
        return $"{Show(open.Select(one => $"{describe(one.Slot)} ({Answer(one.Set, one.Category)})"))} {(open.Length > 1 ? "have" : "has")} no finite estimate: nobody gives an answer that would hold it. "
            + "It is marked 'bound' and has no standard error; the other parameters are not affected. "
            + $"A prior (--prior '{item}:{parameter}:normal(0,3)'), a fixed value (constraints: [{{items: {item}, parameter: {parameter}{group}, fixed: …}}] in a --spec file), joining the category with its neighbour{equal} gives it one.";
    }

    private string Name(int set) => items[sets[set].Item].Name;

    private string Answer(int set, int category)
    {
        int[] groups = GroupsOf(set);
        string where = groups.Length == shape.GroupNames.Length ? "" : $" in {string.Join(", ", groups.Select(group => $"'{shape.GroupNames[group]}'"))}";
        return FormattableString.Invariant($"no answer {shape.CategoryCodes[sets[set].Item][category]}{where}");
    }

    private static string Show(IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        return string.Join(", ", all.Take(LargestShownCount)) + (all.Length > LargestShownCount ? FormattableString.Invariant($" and {all.Length - LargestShownCount} more") : "");
    }

    private int[] GroupsOf(int set) => [.. sets[set].Blocks.Select(block => blocks[block].Group).Distinct()];
}
