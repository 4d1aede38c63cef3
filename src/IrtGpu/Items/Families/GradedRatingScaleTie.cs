namespace IrtGpu.Items.Families;

/// <summary>Distances of thresholds common to all items: e_t = b_t + c, c an item.</summary>
/// <remarks>
/// The first item has b_t = e_t, the others e_t = e_1 + (b_t − b_1): no slots beside those of items. An item that is held fixed takes the
/// first one's place, so that the others are on its scale.
/// </remarks>
internal sealed class GradedRatingScaleTie : ItemTie
{
    public override bool SharesCategories => true;

    public override void Apply(IReadOnlyList<TiedItem> items, IItemSlots slots, List<string> problems)
    {
        if (!HaveEqualCategories(items, "graded rating scale", "grm", problems))
            return;
        TiedItem first = items.FirstOrDefault(item => item.Intercepts.All(slots.IsFixed)) ?? items[0];
        foreach (TiedItem item in items.Where(item => item != first))
        {
            foreach (int step in Enumerable.Range(1, item.Item.CategoryCount - 2).Where(step => !slots.IsFixed(item.Intercept(step))))
                slots.SetSum(item.Intercept(step), [(item.Intercept(0), 1), (first.Intercept(step), 1), (first.Intercept(0), -1)]);
        }
    }
}
