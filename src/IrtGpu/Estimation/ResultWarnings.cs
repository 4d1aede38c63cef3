using IrtGpu.Compute;
using IrtGpu.Estimation.Limits;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation;

/// <summary>What a careful reader of the estimates would notice.</summary>
internal static class ResultWarnings
{
    private const double CollapsedShare = 1e-3;
    private const double LargeSlope = 15;
    private const int LargestShownCount = 5;

    public static List<string> Of(ModelPoint point, RunOffs runOffs)
    {
        CalibrationPlan plan = point.Plan;
        List<string> warnings = [];
        int[] runOff = [.. runOffs.Parameters.Except(plan.WithoutLimit).Order()]; // the plan's warnings name the others
        if (runOff.Length > 0)
            warnings.Add(Explain(point, runOff));
        for (int index = 0; index < plan.Layout.FreeCount; index++)
        {
            double value = point.Parameters.Free[index];
            int slot = plan.Layout.RepresentativeSlot[index];
            string name = SlotNames.Describe(plan, slot);
            if (plan.Layout.IsAtBound(index, value))
            {
                warnings.Add(FormattableString.Invariant(
                    $"{name} ran to its bound ({Elementary.Sigmoid(value):g3}), so it has no standard error. A --prior on it, or fixing it, restrains it."));
            }
            else if (!runOffs.Parameters.Contains(index) && plan.Layout.Slots[slot].Kind == ParameterKind.Slope && Math.Abs(value) > LargeSlope)
            {
                warnings.Add(FormattableString.Invariant(
                    $"{name} is {value:g4}: the data do not bound it, as when responses to an item follow perfectly from the others. Give it a lognormal --prior, or inspect the item."));
            }
        }
        foreach (PlannedBlock block in plan.Blocks)
        {
            double share = Math.Exp(point.LogProportion[block.Index]);
            if (plan.ClassCount > 1 && share < CollapsedShare)
            {
                warnings.Add(FormattableString.Invariant(
                    $"The class of {SlotNames.DescribeBlock(block, plan.Shape, plan.ClassNames)} has collapsed: its proportion is {share:g3}. Its parameters mean nothing; lower --classes or raise --starts."));
            }
        }
        return warnings;
    }

    private static string Explain(ModelPoint point, int[] runOff)
    {
        CalibrationPlan plan = point.Plan;
        string Name(int free) => SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[free]);
        string shown = string.Join(", ", runOff.Take(LargestShownCount).Select(free => FormattableString.Invariant($"{Name(free)} ({point.Parameters.Free[free]:g3})")))
            + (runOff.Length > LargestShownCount ? FormattableString.Invariant($" and {runOff.Length - LargestShownCount} more") : "");
        ParameterSlot first = plan.Layout.Slots[plan.Layout.RepresentativeSlot[runOff[0]]];
        string entry = first.ParameterSet < 0 ? "" : $" ('{plan.Items[plan.ParameterSets[first.ParameterSet].Item].Name}:{first.Name}:normal(0,3)')";
        return $"{shown} ran off to where nothing changes any more: no answers hold them, or answers to the item follow exactly from the others. "
            + "They are marked 'bound' and have no standard errors; the other parameters are not affected. "
            + $"A --prior{entry}, a fixed value, fewer categories or fewer parameters of the item's own give them limits; more cycles do not.";
    }
}
