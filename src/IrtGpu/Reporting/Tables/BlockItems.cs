using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables;

/// <summary>Walks the items of each block in table order, with the labels tables give blocks.</summary>
internal static class BlockItems
{
    /// <summary>Every administered item of every block, block by block.</summary>
    public static IEnumerable<(PlannedBlock Block, ItemParameterSet Set)> Of(CalibrationPlan plan)
    {
        ItemParameterSet?[,] sets = new ItemParameterSet?[plan.Blocks.Count, plan.ItemCount];
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            foreach (int block in set.Blocks)
                sets[block, set.Item] = set;
        }
        foreach (PlannedBlock block in plan.Blocks)
        {
            for (int item = 0; item < plan.ItemCount; item++)
            {
                if (sets[block.Index, item] is { } set)
                    yield return (block, set);
            }
        }
    }

    /// <summary>The group's name; empty when there is one group.</summary>
    public static string GroupLabel(CalibrationPlan plan, PlannedBlock block) => plan.GroupCount > 1 ? plan.Shape.GroupNames[block.Group] : "";

    /// <summary>The class's name; empty when there is one class.</summary>
    public static string ClassLabel(CalibrationPlan plan, PlannedBlock block) => plan.ClassCount > 1 ? plan.ClassNames[block.Class] : "";
}
