using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Planning.Starts;

/// <summary>Starting values from the marginal distribution of each item, and random ones.</summary>
internal static class StartingValues
{
    private const int AutomaticClassStarts = 10;
    private const double ClassNoise = 1.0;
    private const double Noise = 0.5;

    /// <summary>Where a search begins.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="given">A finished fit to begin from; null: the marginals.</param>
    /// <param name="starts">Number of starts; 0: 1, or 10 where classes begin alike.</param>
    /// <param name="seed">Seed of the random ones.</param>
    /// <returns>[start]</returns>
    /// <exception cref="Specification.SpecificationException">No start is inside the model's domain.</exception>
    public static IReadOnlyList<ParameterVector> Search(CalibrationPlan plan, PatternTable patterns, FittedStart? given, int starts, int seed)
    {
        ParameterVector first = AdmissibleStart.Place(plan, given?.Parameters ?? FromMarginals(plan, patterns));
        AdmissibleStart.Require(plan, first);
        bool isAlike = plan.ClassCount > 1 && given is not { TellsClassesApart: true }; // classes that begin alike stay so: noise sets them apart
        int count = starts > 0 ? starts : isAlike ? AutomaticClassStarts : 1;
        return [.. Enumerable.Range(0, count).Select(start =>
            start == 0 && !isAlike ? first : AdmissibleStart.Towards(plan, first, Disturb(plan, first, seed + start, plan.ClassCount > 1 ? ClassNoise : Noise)))];
    }

    /// <summary>Starts at the items' marginal logits; where the user gave a start, that stands.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    public static ParameterVector FromMarginals(CalibrationPlan plan, PatternTable patterns)
    {
        double[] desired = new double[plan.Layout.SlotCount];
        new ParameterVector(plan.Layout, plan.DefaultStart).Slots.CopyTo(desired, 0);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
            StartSet(plan, patterns, plan.ParameterSets[set], desired);
        StartRatingScales(plan, desired);
        return Project(plan, desired, keepUserStarts: true);
    }

    /// <summary>Disturbs a start: item parameters by normal noise, class by class independently.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="start">The start to disturb.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="scale">Standard deviation of the noise of intercepts; slopes get a third of it, on the log.</param>
    public static ParameterVector Disturb(CalibrationPlan plan, ParameterVector start, int seed, double scale)
    {
        System.Random random = new MathNet.Numerics.Random.Xoshiro256StarStar(seed);
        double[] desired = (double[])start.Slots.Clone();
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            double shift = scale * Normal(random);
            for (int slot = set.FirstSlot; slot < set.FirstSlot + set.SlotCount; slot++)
            {
                if (plan.Layout.Slots[slot].Kind == ParameterKind.Slope)
                    desired[slot] += desired[slot] * (Math.Exp(scale / 3 * Normal(random)) - 1);
            }
            for (int step = 0; step < item.CategoryCount - 1; step++)
                desired[set.FirstSlot + set.SlopeCount + step] += item.Family.InterceptNoise(item, shift, step);
        }
        return Project(plan, desired, keepUserStarts: true);
    }

    private static double Normal(System.Random random) => MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1);

    private static void StartSet(CalibrationPlan plan, PatternTable patterns, ItemParameterSet set, double[] desired)
    {
        PlannedItem item = plan.Items[set.Item];
        double[] totals = CategoryTotals(plan, patterns, set, item.CategoryCount);
        item.Family.Start(item, totals, desired.AsSpan(set.FirstSlot, set.SlotCount));
    }

    private static double[] CategoryTotals(CalibrationPlan plan, PatternTable patterns, ItemParameterSet set, int categoryCount)
    {
        double[] totals = new double[categoryCount];
        Array.Fill(totals, 0.5); // keeps logits of unseen categories finite
        foreach (int group in set.Blocks.Select(block => plan.Blocks[block].Group).Distinct().Where(group => group < patterns.Totals.GroupCount))
        {
            for (int category = 0; category < categoryCount; category++)
                totals[category] += patterns.Totals.Weight(group, set.Item, category);
        }
        return totals;
    }

    private static void StartRatingScales(CalibrationPlan plan, double[] desired)
    {
        // d_t = −(b_1 + … + b_t) + t·c: thresholds from the mean intercepts, locations left at 0.
        ParameterLayout layout = plan.Layout;
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            if (layout.Slots[slot].Kind != ParameterKind.Threshold || layout.IsFixed(slot))
                continue;
            int step = layout.Slots[slot].Index;
            int free = layout.FreeOf(slot)[0];
            double total = 0;
            int count = 0;
            for (int other = 0; other < layout.SlotCount; other++)
            {
                ParameterSlot candidate = layout.Slots[other];
                if (candidate.Kind != ParameterKind.Intercept || candidate.Index != step || !layout.FreeOf(other).Contains(free))
                    continue;
                total += desired[other] - (step == 0 ? 0 : desired[other - 1]);
                count++;
            }
            desired[slot] = count == 0 ? 0 : -total / count;
        }
    }

    /// <summary>Free parameters as the mean of what their direct slots desire.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="desired">Wanted values. [slot]</param>
    /// <param name="keepUserStarts">Whether starting values that the user gave win.</param>
    public static ParameterVector Project(CalibrationPlan plan, double[] desired, bool keepUserStarts)
    {
        ParameterLayout layout = plan.Layout;
        double[] free = new double[layout.FreeCount];
        int[] count = new int[layout.FreeCount];
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            if (layout.CoefficientsOf(slot) is not [1])
                continue;
            int index = layout.FreeOf(slot)[0];
            free[index] += desired[slot] - layout.Offset[slot];
            count[index]++;
        }
        for (int index = 0; index < free.Length; index++)
        {
            bool isGiven = count[index] == 0 || (keepUserStarts && plan.HasUserStart[index]);
            free[index] = isGiven ? plan.DefaultStart[index] : free[index] / count[index];
        }
        return new ParameterVector(layout, free);
    }
}
