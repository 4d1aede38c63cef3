namespace IrtGpu.Items.Families;

/// <summary>One slope in all items.</summary>
internal sealed class CommonSlopeTie : ItemTie
{
    public override bool TiesSlopes => true;

    public override void Apply(IReadOnlyList<TiedItem> items, IItemSlots slots, List<string> problems)
    {
        foreach (int slope in items.SelectMany(item => item.Slopes))
            slots.Tie(slope, items[0].FirstSlot);
    }
}
