using System.Numerics.Tensors;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>From the sums of the shards to the expectation.</summary>
/// <param name="plan">The plan.</param>
/// <param name="sets">Distinct sets of answered items.</param>
/// <param name="layout">Codes and order of the layout.Patterns.</param>
/// <param name="tables">Filled.</param>
/// <param name="shards">Collected.</param>
/// <param name="parallel">Threads.</param>
internal sealed unsafe class WeightedScoreAssembly(
    CalibrationPlan plan, AnsweredSets sets, WeightedScoreLayout layout, WeightedScoreTables tables, WeightedScoreShard[] shards, ParallelOptions parallel)
{
    /// <summary>Adds the shards in their order.</summary>
    /// <param name="point">Where they were collected.</param>
    /// <param name="means">What was found of each pattern, where means differ within blocks.</param>
    /// <param name="sums">Sums over nodes.</param>
    public WeightedScoreExpectation Assemble(ModelPoint point, PatternMeans? means, HostSums sums)
    {
        WeightedScoreExpectation counts = new(point, sums) { InterpolationError = tables.LargestError(), Means = means };
        double[]?[] deposits = SumDeposits();
        double[][] totals = new double[tables.Grids.Length][];
        Parallel.For(0, tables.Grids.Length, parallel, index =>
        {
            if (deposits[index] is { } deposit)
                totals[index] = NodeTotals(deposit, index);
        });
        for (int index = 0; index < tables.Grids.Length; index++)
        {
            if (tables.Grids[index] is not null)
                AddNodeTotals(counts, totals[index].AsSpan(0, plan.NodeCount), index / sets.IsAnswered.Count, index % sets.IsAnswered.Count);
        }
        AddMoments(counts.Moments!);
        counts.LogLikelihood = LogLikelihood(point, deposits, counts.Moments!);
        return counts;
    }

    /// <summary>Weights left at the grid points; null where the grid is not used. [block, set][grid point]</summary>
    private double[]?[] SumDeposits()
    {
        double[]?[] sum = [.. tables.Grids.Select(grid => grid is null ? null : new double[grid.PointCount])];
        foreach (WeightedScoreShard shard in shards)
        {
            for (int r = 0; r < shard.Runs.Length; r++)
            {
                for (int k = 0; k < plan.ClassCount; k++)
                {
                    double[] target = sum[(shard.Runs[r].Group * plan.ClassCount + k) * sets.IsAnswered.Count + shard.Runs[r].Set]!;
                    TensorPrimitives.Add(target, shard.Deposits[r * plan.ClassCount + k], target);
                }
            }
        }
        return sum;
    }

    private double[] NodeTotals(double[] deposit, int index)
    {
        using AlignedBuffer sum = new(tables.PaddedNodeCount);
        tables.Grids[index]!.AddNodeTotals(deposit, tables.ThetaOf(index / sets.IsAnswered.Count), tables.PriorOf(index), sum.Pointer);
        return new Span<double>(sum.Pointer, tables.PaddedNodeCount).ToArray();
    }

    private void AddNodeTotals(WeightedScoreExpectation counts, ReadOnlySpan<double> totals, int block, int set)
    {
        TensorPrimitives.Add(counts.NodeTotals[block], totals, counts.NodeTotals[block]);
        bool[] isAnswered = sets.IsAnswered[set];
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (isAnswered[item])
                counts.AddAnswered(layout.TableOfBlock[block], item, totals);
        }
    }

    private void AddMoments(double[][] responseMoments)
    {
        int length = layout.Width * layout.Joint.TotalRows;
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            double* first = shards[0].Moments.Pointer + (long)table * length;
            Span<double> sum = new(first, length);
            foreach (WeightedScoreShard shard in shards.AsSpan(1))
                TensorPrimitives.Add(sum, new ReadOnlySpan<double>(shard.Moments.Pointer + (long)table * length, length), sum);
            WeightedScoreRows.AddMoments(plan, layout.Joint, first, layout.Width, responseMoments[table]);
        }
        if (plan.ClassCount > 1)
            return;
        for (int group = 0; group < layout.Patterns.Totals.GroupCount; group++) // the group's only block has its number
        {
            double[] moments = responseMoments[layout.TableOfBlock[group]];
            for (int item = 0; item < plan.ItemCount; item++)
            {
                for (int category = 0; category < plan.Items[item].CategoryCount; category++)
                    moments[2 * (plan.Items[item].FirstRow + category)] += layout.Patterns.Totals.Weight(group, item, category);
            }
        }
    }

    /// <summary>With one class Σ N Σ d + Σ N log Z(t), and what tilts take off.</summary>
    private double LogLikelihood(ModelPoint point, double[]?[] deposits, double[][] responseMoments)
    {
        double sum = 0;
        foreach (WeightedScoreShard shard in shards)
            sum += shard.LogLikelihood;
        if (plan.ClassCount > 1)
            return sum;
        for (int table = 0; table < plan.Tables.Count; table++)
            sum += WeightedScoreRows.ConstantTotal(point, table, responseMoments[table]);
        for (int index = 0; index < tables.Grids.Length; index++)
        {
            if (deposits[index] is { } deposit)
                sum += tables.Grids[index]!.LogLikelihood(deposit);
        }
        return sum;
    }
}
