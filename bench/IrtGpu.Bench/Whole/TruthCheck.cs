using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Bench.Whole;

/// <summary>Compares estimates of items with the truth they were drawn from.</summary>
internal static class TruthCheck
{
    /// <summary>The true value of a slope or intercept; NaN for other slots.</summary>
    public static double TrueValue(CalibrationPlan plan, TrueModel truth, int slot)
    {
        ParameterSlot what = plan.Layout.Slots[slot];
        if (what.ParameterSet < 0)
            return double.NaN;
        ItemParameterSet set = plan.ParameterSets[what.ParameterSet];
        TrueItem item = truth.Items[set.Blocks[0]][set.Item]!;
        return what.Kind switch
        {
            ParameterKind.Slope => item.Slopes[what.Index],
            ParameterKind.Intercept => item.Intercepts[what.Index],
            _ => double.NaN,
        };
    }

    /// <summary>
    /// Mean of ((estimate − truth) / standard error)² over the free slopes and intercepts: about 1 where estimates and
    /// standard errors are right. NaN where there are no standard errors.
    /// </summary>
    public static (double MeanSquare, int Count) StandardizedErrors(CalibrationResult result, TrueModel truth)
    {
        double sum = 0;
        int count = 0;
        int freeCount = result.Plan.Layout.FreeCount;
        for (int free = 0; free < freeCount; free++)
        {
            int slot = result.Plan.Layout.RepresentativeSlot[free];
            double trueValue = TrueValue(result.Plan, truth, slot);
            if (double.IsNaN(trueValue))
                continue;
            double variance = result.StandardErrors.Covariance?[free * freeCount + free] ?? double.NaN;
            double error = result.Point.Parameters.Slots[slot] - trueValue;
            sum += error * error / variance;
            count++;
        }
        return (sum / count, count);
    }
}
