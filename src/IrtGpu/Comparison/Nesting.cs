using IrtGpu.Foundation.Sampling;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Comparison;

/// <summary>Whether one model is a special case of another, found by writing points of the one as points of the other.</summary>
/// <remarks>
/// At its estimates and at points about them, drawn at random, the smaller model's slots are rewritten to the scale and the item functions of the
/// larger one; it is nested where the free parameters of the larger one can give all of them. That proves nesting near the estimates; where it
/// fails there is no test, although the models might be nested in a way that is not looked for.
/// </remarks>
internal static class Nesting
{
    private const int PointCount = 3;
    private const double Spread = 0.1;
    private const double Closeness = 1e-6;

    /// <summary>Why the smaller model is not known to be nested; null where it is.</summary>
    /// <param name="smaller">The model with fewer parameters.</param>
    /// <param name="parameters">Its estimates.</param>
    /// <param name="larger">The other.</param>
    /// <param name="isAtBoundary">Whether it is the larger one at the end of a parameter's range.</param>
    public static string? Problem(CalibrationPlan smaller, ParameterVector parameters, CalibrationPlan larger, out bool isAtBoundary)
    {
        isAtBoundary = false;
        if (larger.ClassCount != smaller.ClassCount)
            return $"{smaller.ClassCount} and {larger.ClassCount} latent classes: the likelihood ratio has no χ² distribution. Give --bootstrap, or --data";
        if (larger.AttributeCount != smaller.AttributeCount)
            return $"{smaller.AttributeCount} and {larger.AttributeCount} dimensions: the likelihood ratio has no χ² distribution. Give --bootstrap";
        for (int point = 0; point < PointCount; point++)
        {
            StreamRandom random = new(7, point);
            double[] free = (double[])parameters.Free.Clone();
            for (int k = 0; k < free.Length && point > 0; k++)
                free[k] += Spread * random.NextNormal() * (smaller.Layout.Slots[smaller.Layout.RepresentativeSlot[k]].Kind == ParameterKind.Covariance ? 0.1 : 1);
            double[] slots = new double[smaller.Layout.SlotCount];
            smaller.Layout.Expand(free, slots);
            if (Desired(smaller, slots, larger, ref isAtBoundary) is not { } desired)
                return "an item has a model that is no special case of that in the other";
            if (Unreached(larger, desired) is { } slot)
                return $"{SlotNames.Describe(larger, slot)} cannot take the value that it has in the smaller model";
        }
        return null;
    }

    /// <summary>The larger model's slots at a point of the smaller one; null where an item cannot be written so.</summary>
    private static double[]? Desired(CalibrationPlan smaller, double[] slots, CalibrationPlan larger, ref bool isAtBoundary)
    {
        double[] desired = new double[larger.Layout.SlotCount];
        (double Mean, double Deviation)[] metrics = Metrics(smaller, slots, larger);
        foreach (PlannedBlock block in larger.Blocks)
        {
            PlannedBlock own = BlockIn(smaller, block);
            (double mean, double deviation) = metrics[block.Index];
            for (int j = 0; j < larger.AttributeCount; j++)
            {
                desired[block.FirstMeanSlot + j] = (slots[own.FirstMeanSlot + j] - mean) / deviation;
                for (int k = 0; k <= j; k++)
                    desired[block.CovarianceSlot(j, k)] = slots[own.CovarianceSlot(j, k)] / (deviation * deviation);
            }
            desired[block.ClassLogitSlot] = slots[own.ClassLogitSlot];
        }
        foreach (ItemParameterSet set in larger.ParameterSets)
        {
            double[]? all = null;
            foreach (PlannedBlock block in set.Blocks.Select(index => larger.Blocks[index]))
            {
                int from = smaller.Tables[BlockIn(smaller, block).Table].SetOfItem[set.Item];
                if (from < 0)
                    return null;
                double[] item = slots.AsSpan(smaller.ParameterSets[from].FirstSlot, smaller.ParameterSets[from].SlotCount).ToArray();
                PlannedItem planned = smaller.Items[set.Item];
                if (metrics[block.Index] is not (0, 1))
                    planned.Family.ChangeMetric(planned, 0, metrics[block.Index].Mean, metrics[block.Index].Deviation, item);
                bool isOne = all is null;
                if (ItemEmbedding.Of(planned, item, larger.Items[set.Item], ref isAtBoundary) is not { } embedded || embedded.Length != set.SlotCount
                    || (!isOne && !AreClose(all!, embedded)))
                    return null; // one set in the larger model, but different items in the smaller one
                all = embedded;
            }
            all!.CopyTo(desired, set.FirstSlot);
        }
        return desired;
    }

    private static PlannedBlock BlockIn(CalibrationPlan smaller, PlannedBlock block) => smaller.Blocks[smaller.GroupCount == 1 ? block.Class : block.Index];

    private static bool AreClose(double[] first, double[] second) => first.Zip(second).All(pair => AreClose(pair.First, pair.Second));

    private static bool AreClose(double first, double second) => first == second || Math.Abs(first - second) <= Closeness * Math.Max(1, Math.Abs(second));

    /// <summary>
    /// Mean and SD by which θ of the smaller model becomes that of the larger one: where the latter holds a population, and in all that share items with it; of one
    /// dimension and one class.
    /// </summary>
    private static (double Mean, double Deviation)[] Metrics(CalibrationPlan smaller, double[] slots, CalibrationPlan larger)
    {
        (double, double)?[] metrics = new (double, double)?[larger.Blocks.Count];
        foreach (PlannedBlock held in larger.Blocks.Where(block => larger.AttributeCount == 1 && larger.ClassCount == 1 && larger.Layout.IsFixed(block.FirstMeanSlot)))
        {
            PlannedBlock own = BlockIn(smaller, held);
            double deviation = larger.Layout.IsFixed(held.FirstCovarianceSlot)
                ? Math.Sqrt(slots[own.FirstCovarianceSlot] / larger.Layout.Offset[held.FirstCovarianceSlot]) : 1;
            metrics[held.Index] = (slots[own.FirstMeanSlot] - deviation * larger.Layout.Offset[held.FirstMeanSlot], deviation);
        }
        for (bool spreads = true; spreads;)
        {
            spreads = false;
            foreach (ItemParameterSet set in larger.ParameterSets)
            {
                if (set.Blocks.Select(block => metrics[block]).FirstOrDefault(metric => metric is not null) is not { } known)
                    continue;
                foreach (int block in set.Blocks.Where(block => metrics[block] is null))
                    (metrics[block], spreads) = (known, true);
            }
        }
        return [.. metrics.Select(metric => metric ?? (0, 1))];
    }

    /// <summary>A slot that no free parameters bring to what is desired; null where they do.</summary>
    private static int? Unreached(CalibrationPlan plan, double[] desired)
    {
        ParameterLayout layout = plan.Layout;
        double[] free = Planning.Starts.StartingValues.Project(plan, desired, keepUserStarts: false).Free;
        int[] sums = [.. Enumerable.Range(0, layout.SlotCount).Where(slot => layout.FreeOf(slot).Length > 1 || layout.CoefficientsOf(slot) is [not 1])];
        int[] unknown = [.. sums.SelectMany(slot => layout.FreeOf(slot).ToArray()).Distinct()];
        if (unknown.Length > 0)
            SolveSums(layout, desired, free, sums, unknown);
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            double value = layout.Value(slot, free);
            if (!AreClose(value, desired[slot]))
                return slot;
        }
        return null;
    }

    private static void SolveSums(ParameterLayout layout, double[] desired, double[] free, int[] sums, int[] unknown)
    {
        Dictionary<int, int> column = Enumerable.Range(0, unknown.Length).ToDictionary(k => unknown[k]);
        Matrix<double> normal = Matrix<double>.Build.DenseDiagonal(unknown.Length, unknown.Length, 1e-12);
        Vector<double> right = Vector<double>.Build.Dense(unknown.Length);
        foreach (int slot in sums)
        {
            ReadOnlySpan<int> terms = layout.FreeOf(slot);
            ReadOnlySpan<double> coefficients = layout.CoefficientsOf(slot);
            for (int a = 0; a < terms.Length; a++)
            {
                right[column[terms[a]]] += coefficients[a] * (desired[slot] - layout.Offset[slot]);
                for (int b = 0; b < terms.Length; b++)
                    normal[column[terms[a]], column[terms[b]]] += coefficients[a] * coefficients[b];
            }
        }
        Vector<double> solved = normal.Cholesky().Solve(right);
        for (int k = 0; k < unknown.Length; k++)
            free[unknown[k]] = solved[k];
    }
}
