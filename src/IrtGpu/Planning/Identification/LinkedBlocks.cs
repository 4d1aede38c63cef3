namespace IrtGpu.Planning.Identification;

/// <summary>Sets of blocks that share item parameters, directly or through others, and so share a metric.</summary>
internal static class LinkedBlocks
{
    /// <summary>The sets, each ascending, in order of their first block.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="attribute">Count only items that measure this attribute; null: all items.</param>
    public static IReadOnlyList<int[]> Of(CalibrationPlan plan, int? attribute = null)
    {
        int[] parent = [.. Enumerable.Range(0, plan.Blocks.Count)];
        int Root(int block)
        {
            while (parent[block] != block)
                block = parent[block] = parent[parent[block]];
            return block;
        }
        int[] blockOfFree = new int[plan.Layout.FreeCount];
        Array.Fill(blockOfFree, -1);
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            if (attribute is { } wanted && !plan.Items[set.Item].Attributes.Contains(wanted))
                continue;
            foreach (int block in set.Blocks)
                parent[Root(block)] = Root(set.Blocks[0]);
            // Intercepts held equal one by one link as well.
            for (int slot = set.FirstSlot + set.SlopeCount; slot < set.FirstSlot + set.SlotCount; slot++)
            {
                for (int term = plan.Layout.RowStart[slot]; term < plan.Layout.RowStart[slot + 1]; term++)
                {
                    ref int other = ref blockOfFree[plan.Layout.FreeIndex[term]];
                    if (other < 0)
                        other = set.Blocks[0];
                    else
                        parent[Root(set.Blocks[0])] = Root(other);
                }
            }
        }
        return [.. Enumerable.Range(0, parent.Length).GroupBy(Root).Select(group => group.ToArray())];
    }
}
