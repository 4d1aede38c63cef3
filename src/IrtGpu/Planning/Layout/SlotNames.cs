using IrtGpu.Items;

namespace IrtGpu.Planning.Layout;

/// <summary>Words for parameters in messages.</summary>
internal static class SlotNames
{
    public static string Describe(CalibrationPlan plan, int slot) => Describe(
        plan.Layout.Slots[slot], plan.Items, plan.ParameterSets, plan.Blocks, plan.Shape, plan.ClassNames, plan.Specification.Attributes);

    public static string Describe(
        ParameterSlot slot, IReadOnlyList<PlannedItem> items, IReadOnlyList<ItemParameterSet> sets, IReadOnlyList<PlannedBlock> blocks,
        DataShape shape, IReadOnlyList<string> classNames, IReadOnlyList<string> attributes)
    {
        if (slot.ParameterSet >= 0)
        {
            ItemParameterSet set = sets[slot.ParameterSet];
            string text = $"{slot.Name} of '{items[set.Item].Name}'";
            return set.Blocks.Length == blocks.Count ? text : $"{text} ({DescribeBlock(blocks[set.Blocks[0]], shape, classNames)})";
        }
        string what = slot.Kind switch
        {
            ParameterKind.Mean => $"mean of {attributes[slot.Index]}",
            ParameterKind.Covariance when slot.Index == slot.Index2 => $"variance of {attributes[slot.Index]}",
            ParameterKind.Covariance => $"covariance of {attributes[slot.Index]} and {attributes[slot.Index2]}",
            ParameterKind.ClassLogit => "log odds of the class",
            _ => slot.Name,
        };
        return blocks.Count == 1 || slot.Block < 0 ? what : $"{what} ({DescribeBlock(blocks[slot.Block], shape, classNames)})";
    }

    public static string DescribeBlock(PlannedBlock block, DataShape shape, IReadOnlyList<string> classNames) =>
        (shape.GroupNames.Length > 1, classNames.Count > 1) switch
        {
            (true, true) => $"group '{shape.GroupNames[block.Group]}', class '{classNames[block.Class]}'",
            (true, false) => $"group '{shape.GroupNames[block.Group]}'",
            (false, true) => $"class '{classNames[block.Class]}'",
            _ => "all persons",
        };
}
