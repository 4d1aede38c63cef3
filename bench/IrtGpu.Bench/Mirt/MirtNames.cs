using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Bench.Mirt;

/// <summary>What mirt calls the parameters of a plan.</summary>
internal static class MirtNames
{
    /// <summary>Group, item and name of a slot; parameters common to groups under their first.</summary>
    public static (string Group, string Item, string Name) Of(CalibrationPlan plan, int slot)
    {
        ParameterSlot what = plan.Layout.Slots[slot];
        if (what.Kind == ParameterKind.ClassLogit)
            return (FormattableString.Invariant($"MIXTURE_{what.Index + 1}"), "GROUP", "PI");
        if (what.ParameterSet < 0)
            return (Group(plan, what.Block), "GROUP", Population(what));
        ItemParameterSet set = plan.ParameterSets[what.ParameterSet];
        return (Group(plan, set.Blocks[0]), plan.Items[set.Item].Name, what.Name);
    }

    private static string Group(CalibrationPlan plan, int block)
    {
        if (plan.ClassCount > 1)
            return FormattableString.Invariant($"MIXTURE_{plan.Blocks[block].Class + 1}");
        return plan.GroupCount > 1 ? plan.Shape.GroupNames[plan.Blocks[block].Group] : "all";
    }

    private static string Population(ParameterSlot what) => what.Kind == ParameterKind.Mean
        ? FormattableString.Invariant($"MEAN_{what.Index + 1}")
        : FormattableString.Invariant($"COV_{Math.Max(what.Index, what.Index2) + 1}{Math.Min(what.Index, what.Index2) + 1}");
}
