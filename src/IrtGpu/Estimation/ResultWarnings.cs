using IrtGpu.Compute;
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
    private const double LargeIntercept = 25;

    public static List<string> Of(ModelPoint point)
    {
        CalibrationPlan plan = point.Plan;
        List<string> warnings = [];
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
            else if (plan.Layout.Slots[slot].Kind == ParameterKind.Slope && Math.Abs(value) > LargeSlope)
            {
                warnings.Add(FormattableString.Invariant(
                    $"{name} is {value:g4}: the data do not bound it, as when responses to an item follow perfectly from the others. Give it a lognormal --prior, or inspect the item."));
            }
            else if (plan.Layout.Slots[slot].Kind == ParameterKind.Intercept && Math.Abs(value) > LargeIntercept)
            {
                warnings.Add(FormattableString.Invariant(
                    $"{name} is {value:g4}: it runs off because hardly anyone in its group or class shows the category, or the item is extreme there. Merge the category, or give the intercept a normal --prior."));
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
}
