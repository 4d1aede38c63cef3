using IrtGpu.Items.Evaluation;
using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Muraki's graded rating scale: P(category ≥ t) = σ(a (θ + b_t + c)), b common to all items, c of the first item 0.</summary>
/// <remarks>
/// Intercepts a (b_t + c) are bilinear, but slots are an affine map of free parameters. So the slots are numbers in which the model is
/// linear: easinesses e_t = b_t + c, and behind them, among the shape parameters, the slope a; θ enters by a loading of 1 that nobody
/// sees. Users see and set a and the intercepts d_t = a e_t.
/// </remarks>
internal sealed class GradedRatingScaleFamily : ItemFamily<GradedRatingScale>
{
    public override IReadOnlyList<ItemForm> Forms { get; } =
    [
        new(ItemFunction.GradedRatingScale, "grsm")
        {
            Fixed = [new(ParameterKind.UnitLoading, 1, IsShown: false)],
            Tie = new GradedRatingScaleTie(),
        },
    ];

    public override ItemModelOperations Operations => ItemModelOperations.OfGradedRatingScale();

    public override string Domain => GradedFamily.DecreasingIntercepts;

    public override IReadOnlyList<ItemSlot> Slots(PlannedItem item) =>
    [
        new ItemSlot(ParameterKind.UnitLoading, "loading", item.Attributes[0], 1),
        .. Intercepts(item, ParameterKind.Easiness),
        .. Slopes(item),
    ];

    public override int SlopeSlot(PlannedItem item, int loading) => item.CategoryCount;

    public override string? Refuse(PlannedItem item) => item.Attributes.Length == 1
        ? null
        : $"Item '{item.Name}' measures {item.Attributes.Length} attributes, but grsm is for items of one. Give it one attribute in the Q-matrix, or use grm for it.";

    public override string? RefuseHeld(PlannedItem item, IReadOnlyList<double?> held) =>
        GradedFamily.RefuseIntercepts(item, held.Skip(1).SkipLast(1).Select(easiness => easiness * held[item.CategoryCount]));

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots)
    {
        MarginalLogits.Cumulative(totals, slots[1..]);
        foreach (ref double easiness in slots[1..item.CategoryCount])
            easiness /= slots[item.CategoryCount];
    }

    public override void PlaceStart(PlannedItem item, ReadOnlySpan<bool> isGiven, Span<double> slots)
    {
        Span<double> easiness = slots[1..item.CategoryCount];
        double sign = Math.Sign(slots[item.CategoryCount]); // with a negative slope they increase
        foreach (ref double value in easiness)
            value *= sign;
        DecreasingValues.Place(isGiven[1..item.CategoryCount], easiness);
        foreach (ref double value in easiness)
            value *= sign;
    }

    public override double InterceptNoise(PlannedItem item, double shift, int step) => shift;

    public override void ChangeMetric(PlannedItem item, int loading, double mean, double deviation, Span<double> slots)
    {
        foreach (ref double easiness in slots[1..item.CategoryCount])
            easiness = (easiness + mean) / deviation;
        slots[item.CategoryCount] *= deviation;
    }

    public override (double Mean, double Deviation) InterceptMovement(PlannedItem item, int loading, int step, ReadOnlySpan<double> slots) =>
        (1, -slots[1 + step]);

    public override IReadOnlyList<ReportedParameter> Report(PlannedItem item, ReadOnlySpan<double> slots)
    {
        IReadOnlyList<ReportedParameter> reported = base.Report(item, slots);
        return [reported[^1], .. reported.SkipLast(1)]; // the slope first, as everywhere
    }

    public override IReadOnlyList<ReportedParameter> ReportClassical(PlannedItem item, ReadOnlySpan<double> slots, bool isOneDimensional)
    {
        double slope = slots[item.CategoryCount];
        double sign = isOneDimensional ? 1 : Math.Sign(slope);
        List<ReportedParameter> reported = [new(ClassicalForm.DiscriminationName(isOneDimensional), sign * slope, [(item.CategoryCount, sign)])];
        int stepCount = item.CategoryCount - 1;
        for (int step = 0; step < stepCount; step++)
            reported.Add(new ReportedParameter(ClassicalForm.DifficultyName(isOneDimensional, step, stepCount), -sign * slots[1 + step], [(1 + step, -sign)]));
        return reported;
    }

    protected override double InterceptStart(int step) => -step;

    protected override ReportedParameter Report(IReadOnlyList<ItemSlot> described, int slot, ReadOnlySpan<double> slots)
    {
        int slope = described.Count - 1;
        return described[slot].Kind == ParameterKind.Easiness
            ? new ReportedParameter(described[slot].Name, slots[slope] * slots[slot], [(slope, slots[slot]), (slot, slots[slope])])
            : base.Report(described, slot, slots);
    }
}
