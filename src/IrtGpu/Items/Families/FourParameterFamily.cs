using IrtGpu.Items.Evaluation;
using IrtGpu.Models;
using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Two categories with asymptotes: 3PL and 4PL.</summary>
internal sealed class FourParameterFamily : ItemFamily<FourParameterLogistic>
{
    public override IReadOnlyList<ItemForm> Forms { get; } =
    [
        new(ItemFunction.ThreeParameter, "3pl") { IsDichotomous = true, Fixed = [new(ParameterKind.UpperAsymptote, double.PositiveInfinity, IsShown: false)] },
        new(ItemFunction.FourParameter, "4pl") { IsDichotomous = true },
    ];

    public override ItemModelOperations Operations => ItemModelOperations.OfFourParameter();

    public override bool HasAsymptotes => true;

    public override string Domain => "g < u";

    public override IReadOnlyList<ItemSlot> Slots(PlannedItem item) =>
    [
        .. base.Slots(item),
        new ItemSlot(ParameterKind.LowerAsymptote, "g", 0, Logit(0.15)),
        new ItemSlot(ParameterKind.UpperAsymptote, "u", 0, Logit(0.95)),
    ];

    public override string? RefuseHeld(PlannedItem item, IReadOnlyList<double?> held)
    {
        double lower = held[item.Attributes.Length + 1] ?? double.NegativeInfinity;
        double upper = held[item.Attributes.Length + 2] ?? double.PositiveInfinity;
        return lower < upper
            ? null
            : FormattableString.Invariant($"The asymptotes of item '{item.Name}' leave no room for its curve: g is {Elementary.Sigmoid(lower):g4} and u {Elementary.Sigmoid(upper):g4}. Give g < u.");
    }

    /// <summary>An asymptote that is beyond a given one starts half way from that to the end.</summary>
    public override void PlaceStart(PlannedItem item, ReadOnlySpan<bool> isGiven, Span<double> slots)
    {
        int lower = item.Attributes.Length + 1;
        int upper = lower + 1;
        if (!isGiven[upper])
            slots[upper] = Logit((1 + Elementary.Sigmoid(slots[lower])) / 2);
        else if (!isGiven[lower])
            slots[lower] = Logit(Elementary.Sigmoid(slots[upper]) / 2);
    }

    public override IReadOnlyList<int> StepsWithoutLimit(PlannedItem item, int category) => [0];

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots)
    {
        Span<double> shape = slots[item.Attributes.Length..];
        double lower = Elementary.Sigmoid(shape[1]);
        double upper = Elementary.Sigmoid(shape[2]);
        double share = Math.Clamp((totals[1] / MarginalLogits.Sum(totals) - lower) / (upper - lower), 0.05, 0.95);
        shape[0] = MarginalLogits.Stretch * Math.Log(share / (1 - share));
    }

    public override IReadOnlyList<ReportedParameter> ReportClassical(PlannedItem item, ReadOnlySpan<double> slots, bool isOneDimensional)
    {
        List<ReportedParameter> reported = ClassicalForm.DiscriminationAndDifficulties(item, slots, isOneDimensional, hasSteps: false);
        IReadOnlyList<ItemSlot> described = Slots(item);
        for (int slot = 0; slot < described.Count; slot++)
        {
            if (described[slot].Kind.IsLogit() && !item.Form.Hides(described[slot].Kind))
                reported.Add(Report(described, slot, slots));
        }
        return reported;
    }

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
