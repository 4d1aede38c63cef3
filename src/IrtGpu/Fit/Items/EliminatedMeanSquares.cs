using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reduction;
using IrtGpu.Data;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Items;

/// <summary>Mean squares over posteriors in the reduced form: an E-step over a group's persons leaves the counts of each item at the nodes of its own attributes, which are all that its residuals hang on.</summary>
internal static class EliminatedMeanSquares
{
    /// <summary>Those of all items of a group.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="group">Observed group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="threads">Number of threads.</param>
    /// <returns>[item]; none of items that are not given in the group</returns>
    public static MeanSquares[] Of(ModelPoint point, int group, PatternTable patterns, int[] members, int threads)
    {
        CalibrationPlan plan = point.Plan;
        PatternTable own = patterns.Select(members, [.. Enumerable.Range(0, plan.GroupCount)]);
        using ReducedBackend backend = new(plan, own, threads);
        using Expectation expectation = backend.ComputeExpectation(point);
        int[] tables = [.. Enumerable.Range(0, plan.ClassCount).Select(k => plan.Blocks[group * plan.ClassCount + k].Table).Distinct()];
        return [.. Enumerable.Range(0, plan.ItemCount).Select(item =>
        {
            MeanSquareSums sums = default;
            foreach (int table in tables)
            {
                if (plan.Tables[table].SetOfItem[item] is >= 0 and int set && expectation.TryItemCounts(table, item, out _) is { } counts)
                    Add(point, plan.ParameterSets[set], counts, ref sums);
            }
            return sums.Result();
        })];
    }

    private static void Add(ModelPoint point, ItemParameterSet set, ItemCounts counts, ref MeanSquareSums sums)
    {
        PlannedItem item = point.Plan.Items[set.Item];
        int nodeCount = counts.NodeCount;
        double[] probabilities = new double[item.CategoryCount * nodeCount];
        ItemTables.FillItem(point, set, counts.Theta, [.. Enumerable.Range(0, item.Attributes.Length)], item.Attributes.Length, new double[nodeCount], probabilities, nodeCount);
        FixedRounding.Exp(probabilities, probabilities);
        Span<double> ofNode = stackalloc double[item.CategoryCount];
        for (int node = 0; node < nodeCount; node++)
        {
            for (int category = 0; category < ofNode.Length; category++)
                ofNode[category] = probabilities[category * nodeCount + node];
            CategoryMoments moments = CategoryMoments.Of(ofNode);
            if (!(moments.Variance > 1e-12))
                continue;
            for (int category = 0; category < ofNode.Length; category++)
                sums.Add(category, moments, counts.Counts[category * nodeCount + node]);
        }
    }
}
