using IrtGpu.Items.Evaluation;
using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Sequential model, steps taken one after the other, and Tutz' form with slope 1.</summary>
internal sealed class SequentialFamily : ItemFamily<SequentialResponse>
{
    public override IReadOnlyList<ItemForm> Forms { get; } =
    [
        new(ItemFunction.Sequential, "sequential"),
        new(ItemFunction.SequentialRasch, "tutz") { Fixed = [new(ParameterKind.Slope, 1, IsShown: true)] },
    ];

    public override ItemModelOperations Operations => ItemModelOperations.OfSequential();

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots) =>
        MarginalLogits.Sequential(totals, slots[item.Attributes.Length..]);

    // Whoever reaches the category goes on; of the last one, nobody gets there.
    public override IReadOnlyList<int> StepsWithoutLimit(PlannedItem item, int category) => [Math.Min(category, item.CategoryCount - 2)];
}
