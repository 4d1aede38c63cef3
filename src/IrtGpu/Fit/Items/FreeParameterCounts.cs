using IrtGpu.Planning;

namespace IrtGpu.Fit.Items;

/// <summary>How many parameters the degrees of freedom of an item's test lose, counted in one observed group as if it were alone.</summary>
internal static class FreeParameterCounts
{
    /// <summary>Those of an item, over the group's classes; what it shares with other items counts in full.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="group">Observed group.</param>
    /// <param name="item">Item.</param>
    public static int OfItem(CalibrationPlan plan, int group, int item)
    {
        HashSet<int> free = [];
        for (int k = 0; k < plan.ClassCount; k++)
        {
            ItemParameterSet set = plan.ParameterSets[plan.Tables[plan.Blocks[group * plan.ClassCount + k].Table].SetOfItem[item]];
            free.UnionWith(plan.Layout.FreeOf(set.FirstSlot, set.SlotCount).ToArray());
        }
        return free.Count;
    }

    /// <summary>Those of the group's populations.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="group">Observed group.</param>
    public static int OfPopulation(CalibrationPlan plan, int group)
    {
        HashSet<int> free = [];
        for (int k = 0; k < plan.ClassCount; k++)
        {
            PlannedBlock block = plan.Blocks[group * plan.ClassCount + k];
            free.UnionWith(plan.Layout.FreeOf(block.FirstMeanSlot, plan.AttributeCount).ToArray());
            free.UnionWith(plan.Layout.FreeOf(block.FirstCovarianceSlot, plan.CovarianceCount).ToArray());
        }
        return free.Count;
    }
}
