using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Constraints;

/// <summary>Makes one parameter of several that an <c>equal</c> entry names.</summary>
internal sealed class EqualParameters(PlannedItem[] items, List<ItemParameterSet> sets, ParameterLayoutBuilder builder, List<string> problems)
{
    /// <summary>The name of an item's slope, whatever attribute it measures.</summary>
    public const string Slope = "a";

    private const int LargestShownCount = 4;

    /// <summary>
    /// Ties parameters of the same name. Slopes named <c>a</c> are one in all the items, and so are those of a pattern where no two have the
    /// same name and each item has one of them, as where each copy of an item measures an attribute of its own.
    /// </summary>
    /// <param name="constraint">The entry, for messages.</param>
    /// <param name="named">The parameters that it names, at least one.</param>
    public void Tie(ParameterConstraint constraint, int[] named)
    {
        bool isSlope = constraint.Parameter.Equals(Slope, StringComparison.OrdinalIgnoreCase);
        bool isOneEach = named.Select(slot => builder[slot].ParameterSet).Distinct().Count() == named.Length;
        bool isSlopes = Array.TrueForAll(named, slot => builder[slot].Kind == ParameterKind.Slope);
        if (isSlope && !isOneEach)
        {
            PlannedItem item = items[sets[named.GroupBy(slot => builder[slot].ParameterSet).First(slots => slots.Count() > 1).Key].Item];
            problems.Add($"The constraint on {Slope} of '{constraint.Items}' names the slopes of items that measure one attribute, but '{item.Name}' measures {item.Attributes.Length}. "
                + "Name its slopes by attribute: a1, a2, ….");
            return;
        }
        bool hasRepeats = named.Select(slot => builder[slot].Name).Distinct().Count() < named.Length;
        bool areOne = isSlope || (isSlopes && isOneEach && !hasRepeats);
        foreach (int[] alike in named.GroupBy(slot => areOne ? Slope : builder[slot].Name).Select(group => group.ToArray()))
        {
            foreach (int slot in alike)
                builder.Tie(slot, alike[0]);
        }
        if (named.Length == 1 || !(areOne || hasRepeats))
            problems.Add(ExplainNothing(constraint, named));
    }

    /// <summary>Ties the slopes of each item, so that attributes add up before they are multiplied: a(θ₁ + θ₂), as in a testlet model.</summary>
    /// <param name="constraint">The entry, for messages.</param>
    /// <param name="named">The parameters that it names, at least one.</param>
    public void TieWithinItems(ParameterConstraint constraint, int[] named)
    {
        if (Array.Find(named, slot => builder[slot].Kind != ParameterKind.Slope) is var other && Array.Exists(named, slot => builder[slot].Kind != ParameterKind.Slope))
        {
            problems.Add($"The constraint 'equal: within-items' on {constraint.Parameter} of '{constraint.Items}' names {builder[other].Name} of '{items[sets[builder[other].ParameterSet].Item].Name}', "
                + $"but it holds the slopes of an item equal and nothing else. Write 'parameter: {Slope}', which names all slopes.");
            return;
        }
        int[][] ofSets = [.. named.GroupBy(slot => builder[slot].ParameterSet).Select(slots => slots.ToArray())];
        if (Array.TrueForAll(ofSets, slots => slots.Length == 1))
        {
            problems.Add($"The constraint 'equal: within-items' on {constraint.Parameter} of '{constraint.Items}' holds nothing equal, as it names one slope of an item only. "
                + $"Write 'parameter: {Slope}' for items that measure several attributes, or remove the entry.");
            return;
        }
        foreach (int[] slots in ofSets)
        {
            foreach (int slot in slots)
                builder.Tie(slot, slots[0]);
        }
    }

    private string ExplainNothing(ParameterConstraint constraint, int[] named)
    {
        string shown = string.Join(", ", named.Take(LargestShownCount).Select(slot => $"{builder[slot].Name} of '{items[sets[builder[slot].ParameterSet].Item].Name}'"))
            + (named.Length > LargestShownCount ? ", …" : "");
        return named.Length == 1
            ? $"The constraint 'equal' on {constraint.Parameter} of '{constraint.Items}' holds nothing equal, as it names one parameter only: {shown}. Name the items, or free it in the groups or classes, that are to share it, or remove the entry."
            : $"The constraint 'equal' on {constraint.Parameter} of '{constraint.Items}' holds nothing equal, as parameters are held equal by name and no two of these have the same: {shown}. "
                + "Write one entry a parameter with the items that share it, 'parameter: a' for slopes of items that measure one attribute each, or remove the entry.";
    }
}
