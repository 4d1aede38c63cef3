namespace IrtGpu.Items.Families;

/// <summary>Thresholds b common to all items and a location c an item: d_t = −(b_1 + … + b_t) + t c; c of the first item is 0.</summary>
/// <remarks>
/// Andrich (1978), Psychometrika 43, 561–573. An item that is held fixed gives the thresholds: the others are on its scale.
/// </remarks>
internal sealed class RatingScaleTie : ItemTie
{
    public override bool SharesCategories => true;

    public override void Apply(IReadOnlyList<TiedItem> items, IItemSlots slots, List<string> problems)
    {
        if (!HaveEqualCategories(items, "rating scale", "pcm", problems))
            return;
        TiedItem? held = items.FirstOrDefault(item => item.Intercepts.All(slots.IsFixed));
        TiedItem[] estimated = [.. items.Where(item => !item.Intercepts.All(slots.IsFixed))];
        if (estimated.Length == 0)
            return;
        int[] thresholds = [.. Enumerable.Range(0, items[0].Item.CategoryCount - 1).Select(step => slots.Add(
            ParameterKind.Threshold, FormattableString.Invariant($"b{step + 1}"), -1, step, held is null ? 0 : HeldThreshold(held, step, slots), fix: held is not null))];
        foreach (TiedItem item in estimated)
        {
            int location = slots.Add(ParameterKind.Location, "c", item.ParameterSet, 0, 0, fix: held is null && item == estimated[0]);
            for (int step = 0; step < thresholds.Length; step++)
            {
                (int, double)[] terms = [.. thresholds[..(step + 1)].Select(slot => (slot, -1.0)), (location, step + 1.0)];
                if (!slots.IsFixed(item.Intercept(step)))
                    slots.SetSum(item.Intercept(step), terms);
            }
        }
    }

    // Its location is 0: a common shift of thresholds is one of the other locations.
    private static double HeldThreshold(TiedItem held, int step, IItemSlots slots) =>
        (step == 0 ? 0 : slots.Value(held.Intercept(step - 1))) - slots.Value(held.Intercept(step));
}
