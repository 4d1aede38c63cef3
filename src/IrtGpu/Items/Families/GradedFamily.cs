using IrtGpu.Models;

namespace IrtGpu.Items.Families;

/// <summary>Samejima's graded response model.</summary>
internal sealed class GradedFamily : ItemFamily<GradedResponse>
{
    public override IReadOnlyList<ItemForm> Forms { get; } = [new(ItemFunction.Graded, "grm")];

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots) =>
        MarginalLogits.Cumulative(totals, slots[item.Attributes.Length..]);

    // One shift an item keeps intercepts in order.
    public override double InterceptNoise(PlannedItem item, double shift, int step) => shift;

    public override string? RefuseHeld(PlannedItem item, IReadOnlyList<double?> held)
    {
        double[] intercepts = [.. held.Skip(item.Attributes.Length).OfType<double>()];
        return intercepts.Zip(intercepts.Skip(1)).Any(pair => pair.First <= pair.Second)
            ? $"The fixed intercepts of the graded item '{item.Name}' do not decrease. Fix d1 > d2 > …."
            : null;
    }

    protected override double InterceptStart(int step) => -step;
}
