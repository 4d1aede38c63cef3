using IrtGpu.Items.Evaluation;
using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Generalized partial credit and its forms: Rasch, 1PL, 2PL, partial credit, rating scale.</summary>
internal sealed class GeneralizedPartialCreditFamily : ItemFamily<GeneralizedPartialCredit>
{
    private static readonly FixedParameter UnitSlope = new(ParameterKind.Slope, 1, IsShown: true);

    public override IReadOnlyList<ItemForm> Forms { get; } =
    [
        new(ItemFunction.Rasch, "rasch") { Fixed = [UnitSlope] },
        new(ItemFunction.OneParameter, "1pl") { IsDichotomous = true, Tie = new CommonSlopeTie() },
        new(ItemFunction.TwoParameter, "2pl") { IsDichotomous = true },
        new(ItemFunction.PartialCredit, "pcm") { Fixed = [UnitSlope] },
        new(ItemFunction.GeneralizedPartialCredit, "gpcm"),
        new(ItemFunction.RatingScale, "rsm") { Fixed = [UnitSlope], Tie = new RatingScaleTie() },
    ];

    public override bool HasScores => true;

    public override ItemModelOperations Operations => ItemModelOperations.OfWeightedScore<GeneralizedPartialCredit>();

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots)
    {
        for (int step = 0; step < item.CategoryCount - 1; step++)
            slots[item.Attributes.Length + step] = Math.Log(totals[step + 1] / totals[0]);
    }

    public override IReadOnlyList<int> StepsWithoutLimit(PlannedItem item, int category) =>
        category == 0 ? [.. Enumerable.Range(0, item.CategoryCount - 1)] : [category - 1];

    public override IReadOnlyList<ReportedParameter> ReportClassical(PlannedItem item, ReadOnlySpan<double> slots, bool isOneDimensional) =>
        ClassicalForm.DiscriminationAndDifficulties(item, slots, isOneDimensional, hasSteps: true);

    public override double[] InterceptsOf(PlannedItem item, double discrimination, double[] difficulties) =>
        ClassicalForm.Intercepts(item, discrimination, difficulties, hasSteps: true);

    protected override double PredictorFactor(PlannedItem item, int step, ReadOnlySpan<double> slots) => item.Scores[step + 1];
}
