using IrtGpu.Compute.Expectations;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;

namespace IrtGpu.Estimation;

/// <summary>Gives latent classes a fixed order, the largest first, since the likelihood does not.</summary>
internal static class ClassAlignment
{
    /// <summary>The parameters with classes in order of their share; the same ones where labels mean something (known members, constraints by class).</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">Estimates.</param>
    /// <param name="expectation">What the E-step found at them.</param>
    public static ParameterVector Align(CalibrationPlan plan, ParameterVector parameters, Expectation expectation)
    {
        if (plan.ClassCount == 1 || HasMeaning(plan))
            return parameters;
        double[] share = new double[plan.ClassCount];
        foreach (PlannedBlock block in plan.Blocks)
            share[block.Class] += expectation.Population(block.Index).Weight;
        int[] order = [.. Enumerable.Range(0, plan.ClassCount).OrderByDescending(k => share[k])];
        return Reorder(plan, parameters, order) ?? parameters;
    }

    /// <summary>Whether labels mean something: members are known, or constraints name a class.</summary>
    /// <param name="plan">The plan.</param>
    public static bool HasMeaning(CalibrationPlan plan) => plan.Shape.ClassNames.Length > 0
        || plan.Specification.Constraints.Any(constraint => constraint.Class is not null)
        || plan.Specification.Population.Any(constraint => constraint.Class is not null);

    /// <summary>The parameters with classes in another order; the same ones where it is theirs; null where the plan has no such parameters.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">Any.</param>
    /// <param name="order">Which of the old classes comes at each place. [class]</param>
    public static ParameterVector? Reorder(CalibrationPlan plan, ParameterVector parameters, int[] order)
    {
        if (order.SequenceEqual(Enumerable.Range(0, plan.ClassCount)))
            return parameters;

        // In a component of blocks the first class fixes the metric, so a permuted vector must be representable: verify.
        double[] slots = Permute(plan, parameters.Slots, order);
        ParameterVector aligned = StartingValues.Project(plan, slots, keepUserStarts: false);
        for (int slot = 0; slot < slots.Length; slot++)
        {
            if (!(Math.Abs(aligned.Slots[slot] - slots[slot]) <= 1e-12 * Math.Max(1, Math.Abs(slots[slot]))) && aligned.Slots[slot] != slots[slot])
                return null;
        }
        return aligned;
    }

    private static double[] Permute(CalibrationPlan plan, double[] slots, int[] order)
    {
        double[] permuted = (double[])slots.Clone();
        Dictionary<(int Item, int Block), ItemParameterSet> sets = [];
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            foreach (int block in set.Blocks)
                sets[(set.Item, block)] = set;
        }
        int populationCount = plan.AttributeCount + plan.CovarianceCount;
        foreach (PlannedBlock block in plan.Blocks)
        {
            PlannedBlock source = plan.Blocks[block.Group * plan.ClassCount + order[block.Class]];
            Array.Copy(slots, source.FirstMeanSlot, permuted, block.FirstMeanSlot, populationCount);
            double first = slots[plan.Blocks[block.Group * plan.ClassCount + order[0]].ClassLogitSlot];
            permuted[block.ClassLogitSlot] = slots[source.ClassLogitSlot] - first;
            for (int item = 0; item < plan.ItemCount; item++)
            {
                if (sets.TryGetValue((item, block.Index), out ItemParameterSet? to) && sets.TryGetValue((item, source.Index), out ItemParameterSet? from))
                    Array.Copy(slots, from.FirstSlot, permuted, to.FirstSlot, to.SlotCount);
            }
        }
        return permuted;
    }
}
