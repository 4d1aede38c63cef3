using IrtGpu.Models;

namespace IrtGpu.Items.Families;

/// <summary>Sequential model: steps are taken one after the other.</summary>
internal sealed class SequentialFamily : ItemFamily<SequentialResponse>
{
    public override IReadOnlyList<ItemForm> Forms { get; } = [new(ItemFunction.Sequential, "sequential")];

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots) =>
        MarginalLogits.Sequential(totals, slots[item.Attributes.Length..]);
}
