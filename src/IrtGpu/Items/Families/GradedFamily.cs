using System.Globalization;

using IrtGpu.Items.Evaluation;
using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Samejima's graded response model.</summary>
internal sealed class GradedFamily : ItemFamily<GradedResponse>
{
    public const string DecreasingIntercepts = "d1 > d2 > …";

    private const double SmallestGap = 1e-9; // intercepts that are one parameter still decrease: the category between has a probability of about this

    public override IReadOnlyList<ItemForm> Forms { get; } = [new(ItemFunction.Graded, "grm")];

    public override ItemModelOperations Operations => ItemModelOperations.OfGraded();

    public override string Domain => DecreasingIntercepts;

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots) =>
        MarginalLogits.Cumulative(totals, slots[item.Attributes.Length..]);

    // One shift an item keeps intercepts in order.
    public override double InterceptNoise(PlannedItem item, double shift, int step) => shift;

    public override string? RefuseHeld(PlannedItem item, IReadOnlyList<double?> held) => RefuseIntercepts(item, held.Skip(item.Attributes.Length));

    public override IReadOnlyList<int> StepsWithoutLimit(PlannedItem item, int category) =>
        category == 0 ? [0] : category == item.CategoryCount - 1 ? [category - 1] : [];

    /// <summary>Thresholds on both sides of a middle category that nobody gives are one.</summary>
    /// <remarks>The likelihood rises until they meet: where the domain ends, and a step that is halved until it is inside would never arrive.</remarks>
    public override IReadOnlyList<int> TieUnused(PlannedItem item, IReadOnlyList<int> unused, int firstSlot, IItemSlots slots)
    {
        List<int> tied = [];
        int first = -1; // slot of the first threshold of a run
        foreach (int category in unused.Where(category => category > 0 && category < item.CategoryCount - 1))
        {
            int slot = firstSlot + item.Attributes.Length + category;
            if (!tied.Contains(category - 1))
                first = slot - 1;
            if (slots.IsFixed(slot) || slots.IsTied(slot) || (slots.IsTied(first) && !slots.IsFixed(first)))
                continue;
            slots.SetSum(slot, [(first, 1)], (first - slot) * SmallestGap);
            tied.Add(category);
        }
        return tied;
    }

    public override void PlaceStart(PlannedItem item, ReadOnlySpan<bool> isGiven, Span<double> slots) =>
        DecreasingValues.Place(isGiven[item.Attributes.Length..], slots[item.Attributes.Length..]);

    /// <summary>Why held intercepts are outside the domain; null where they decrease.</summary>
    public static string? RefuseIntercepts(PlannedItem item, IEnumerable<double?> held)
    {
        double[] intercepts = [.. held.OfType<double>()];
        return intercepts.Zip(intercepts.Skip(1)).Any(pair => pair.First <= pair.Second)
            ? $"The fixed and start values of intercepts of the graded item '{item.Name}' do not decrease ({string.Join(", ", intercepts.Select(value => value.ToString("g4", CultureInfo.InvariantCulture)))}). Give {DecreasingIntercepts}."
            : null;
    }

    protected override double InterceptStart(int step) => -step;
}
