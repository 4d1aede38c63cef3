using IrtGpu.Items.Evaluation;
using IrtGpu.Models.Functions;

namespace IrtGpu.Items.Families;

/// <summary>Bock's nominal response model: scoring coefficients ak_0 = 0 and ak_(M−1) = M − 1 are fixed, those between are free.</summary>
internal sealed class NominalFamily : ItemFamily<NominalResponse>
{
    public override IReadOnlyList<ItemForm> Forms { get; } = [new(ItemFunction.Nominal, "nominal")];

    public override ItemModelOperations Operations => ItemModelOperations.OfWeightedScore<NominalResponse>();

    public override IReadOnlyList<ItemSlot> Slots(PlannedItem item) =>
    [
        .. base.Slots(item),
        .. Enumerable.Range(1, item.CategoryCount - 2).Select(category =>
            new ItemSlot(ParameterKind.ScoringCoefficient, FormattableString.Invariant($"ak{category}"), category, category)),
    ];

    public override void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots)
    {
        for (int step = 0; step < item.CategoryCount - 1; step++)
            slots[item.Attributes.Length + step] = Math.Log(totals[step + 1] / totals[0]);
    }

    public override IReadOnlyList<int> StepsWithoutLimit(PlannedItem item, int category) =>
        category == 0 ? [.. Enumerable.Range(0, item.CategoryCount - 1)] : [category - 1];

    /// <summary>
    /// The coefficients that fix the unit are those of the lowest and the highest category that somebody gives, held at their numbers; those of
    /// the others mean nothing and are held there, too.
    /// </summary>
    public override IReadOnlyList<int> TieUnused(PlannedItem item, IReadOnlyList<int> unused, int firstSlot, IItemSlots slots)
    {
        int[] used = [.. Enumerable.Range(0, item.CategoryCount).Except(unused)];
        bool isFree = used.Where(HasSlot).All(category => !slots.IsFixed(SlotOf(category)) && !slots.IsTied(SlotOf(category)));
        int[] ends = isFree && used.Length > 0 ? [used[0], used[^1]] : [];
        foreach (int category in unused.Concat(ends).Where(HasSlot).Distinct().Where(category => !slots.IsFixed(SlotOf(category)) && !slots.IsTied(SlotOf(category))))
            slots.Fix(SlotOf(category), category);
        return [];

        bool HasSlot(int category) => category > 0 && category < item.CategoryCount - 1;

        int SlotOf(int category) => firstSlot + FirstCoefficient(item) + category - 1;
    }

    public override IReadOnlyList<ReportedParameter> Report(PlannedItem item, ReadOnlySpan<double> slots)
    {
        List<ReportedParameter> reported = [.. base.Report(item, slots)];
        reported.Insert(FirstCoefficient(item), new ReportedParameter("ak0", 0, []));
        reported.Add(new ReportedParameter(FormattableString.Invariant($"ak{item.CategoryCount - 1}"), item.CategoryCount - 1, []));
        return reported;
    }

    /// <summary>Bock's (1972) form, both sets summing to zero: a_m = a (ak_m − mean ak), c_m = d_m − mean d; one dimension only.</summary>
    public override IReadOnlyList<ReportedParameter> ReportClassical(PlannedItem item, ReadOnlySpan<double> slots, bool isOneDimensional)
    {
        if (!isOneDimensional)
            return [];
        int count = item.CategoryCount;
        double slope = slots[0];
        int firstCoefficient = FirstCoefficient(item);
        double[] coefficients = new double[count];
        double[] intercepts = new double[count];
        for (int m = 1; m < count; m++)
        {
            coefficients[m] = PredictorFactor(item, m - 1, slots);
            intercepts[m] = slots[m];
        }
        double meanCoefficient = coefficients.Average();
        double meanIntercept = intercepts.Average();
        List<ReportedParameter> reported = [];
        for (int m = 0; m < count; m++)
        {
            List<(int Slot, double Derivative)> derivatives = [(0, coefficients[m] - meanCoefficient)];
            for (int other = 1; other < count - 1; other++)
                derivatives.Add((firstCoefficient + other - 1, slope * ((other == m ? 1 : 0) - 1.0 / count)));
            reported.Add(new ReportedParameter(FormattableString.Invariant($"a{m + 1}"), slope * (coefficients[m] - meanCoefficient), derivatives));
        }
        for (int m = 0; m < count; m++)
        {
            List<(int Slot, double Derivative)> derivatives = [];
            for (int other = 1; other < count; other++)
                derivatives.Add((other, (other == m ? 1 : 0) - 1.0 / count));
            reported.Add(new ReportedParameter(FormattableString.Invariant($"c{m + 1}"), intercepts[m] - meanIntercept, derivatives));
        }
        return reported;
    }

    protected override double PredictorFactor(PlannedItem item, int step, ReadOnlySpan<double> slots) =>
        step == item.CategoryCount - 2 ? item.CategoryCount - 1 : slots[FirstCoefficient(item) + step];

    private static int FirstCoefficient(PlannedItem item) => item.Attributes.Length + item.CategoryCount - 1;
}
