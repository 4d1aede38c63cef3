using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Compute;

/// <summary>Whether the E-steps of a device can go through weighted scores, and by which sets of answered items.</summary>
internal static class WeightedScoreForm
{
    private const int PatternsPerSet = 500; // a set has tiles of its own: smaller ones leave a device idle

    /// <summary>Whether all items are of the exponential family, so that a pattern enters the likelihood through its weighted scores alone.</summary>
    /// <param name="plan">The plan.</param>
    public static bool Applies(CalibrationPlan plan) => plan.Items.All(item => item.Family.Operations.HasWeightedScore);

    /// <summary>The distinct sets of answered items; null where there are more than pay, unless the form is demanded.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="form">The form asked for.</param>
    public static AnsweredSets? TryFindSets(PatternTable patterns, EStepForm form) =>
        AnsweredSets.TryFind(patterns, [.. Enumerable.Range(0, patterns.ItemCount)], form, PatternsPerSet);

    /// <summary>The sets by which a device computes through weighted scores, in any number of dimensions, where they apply and pay.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="form">The form asked for.</param>
    /// <returns>The distinct sets of answered items; null: the device takes tables.</returns>
    /// <exception cref="SpecificationException">The form asked for is the CPU's alone, or an item has no weighted score.</exception>
    public static AnsweredSets? SetsForDevice(CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        if (form == EStepForm.Tables)
            return null;
        if (form == EStepForm.DimensionTables)
            throw new SpecificationException("The E-step by tables of each dimension is the cpu's alone. Use --e-step auto, or --device cpu.");
        if (!Applies(plan))
        {
            if (form == EStepForm.Auto)
                return null;
            PlannedItem item = plan.Items.First(item => !item.Family.Operations.HasWeightedScore);
            throw new SpecificationException(
                $"The weighted-score E-step is for items of the exponential family only ({ItemFunctions.Where(family => family.Operations.HasWeightedScore)}), "
                + $"and item '{item.Name}' is of another model ({item.Function.Name()}). Use --e-step auto or tables.");
        }
        return TryFindSets(patterns, form);
    }
}
