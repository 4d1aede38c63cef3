using IrtGpu.Foundation.Collections;

namespace IrtGpu.Planning.Identification;

/// <summary>Sets of blocks that share item parameters, directly or through others, and so share a metric.</summary>
internal static class LinkedBlocks
{
    /// <summary>The sets, each ascending, in order of their first block.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="attribute">Count only items that measure this attribute; null: all items.</param>
    public static IReadOnlyList<int[]> Of(CalibrationPlan plan, int? attribute = null)
    {
        LinkedSets linked = new(plan.Blocks.Count);
        int[] blockOfFree = new int[plan.Layout.FreeCount];
        Array.Fill(blockOfFree, -1);
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            if (attribute is { } wanted && !plan.Items[set.Item].Attributes.Contains(wanted))
                continue;
            foreach (int block in set.Blocks)
                linked.Link(block, set.Blocks[0]);
            // Intercepts held equal one by one link as well.
            foreach (int free in plan.Layout.FreeOf(set.FirstSlot + set.SlopeCount, set.ShapeCount))
            {
                ref int other = ref blockOfFree[free];
                if (other < 0)
                    other = set.Blocks[0];
                else
                    linked.Link(set.Blocks[0], other);
            }
        }
        return linked.Sets();
    }
}
