using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Samejima's graded response model.</summary>
internal sealed class GradedFamily : ItemFamily<GradedResponse>
{
    public const string DecreasingIntercepts = "d1 > d2 > …";

    public override IReadOnlyList<ItemForm> Forms { get; } = [new(ItemFunction.Graded, "grm")];

    public override string Domain => DecreasingIntercepts;

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots) =>
        MarginalLogits.Cumulative(totals, slots[item.Attributes.Length..]);

    // One shift an item keeps intercepts in order.
    public override double InterceptNoise(PlannedItem item, double shift, int step) => shift;

    public override string? RefuseHeld(PlannedItem item, IReadOnlyList<double?> held) => RefuseIntercepts(item, held.Skip(item.Attributes.Length));

    /// <summary>Why held intercepts are outside the domain; null where they decrease.</summary>
    public static string? RefuseIntercepts(PlannedItem item, IEnumerable<double?> held)
    {
        double[] intercepts = [.. held.OfType<double>()];
        return intercepts.Zip(intercepts.Skip(1)).Any(pair => pair.First <= pair.Second)
            ? $"The fixed intercepts of the graded item '{item.Name}' do not decrease. Fix {DecreasingIntercepts}."
            : null;
    }

    protected override double InterceptStart(int step) => -step;
}
