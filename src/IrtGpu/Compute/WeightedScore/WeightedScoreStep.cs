using System.Collections.Concurrent;
using System.Numerics.Tensors;
using IrtGpu.Compute.ClosedForm;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>
/// The E-step of one-dimensional exponential-family items through each pattern's weighted score t = Σ a s: the likelihood is
/// exp(t θ + Σ d − A(θ)), so that posteriors depend on t alone and the M-step needs only sums of category memberships and EAPs.
/// </summary>
/// <remarks>
/// <para>
/// Instead of counts by category and node it leaves, for every item, the node totals of those who answered it (as counts of its
/// first category, whose log-probability is −A_i) and the moments Σ 1[x=m] and Σ 1[x=m] E θ of its categories. The cost does not depend on the
/// number of nodes. Shards and their order are those of the patterns, so results do not depend on the number of threads.
/// </para>
/// <para>
/// With one class Σ 1[x=m] is the same in every E-step, and the log-likelihood is Σ N Σ d + Σ N log Z(t), where the first term needs no
/// more than those counts and the second no more than the weights left at the grid points: a pattern then costs its t, its EAP, and the
/// sums that take them up.
/// </para>
/// </remarks>
internal sealed unsafe partial class WeightedScoreStep : IDisposable
{
    private const long LargestBytes = 1L << 26; // of the moments of all shards, unless one takes more
    private const long KeptLikelihoods = 1L << 22; // of all grids by point and node; beyond, node totals take them anew

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly JointItems joint;
    private readonly AnsweredSets sets;
    private readonly ParallelOptions parallel;
    private readonly HostSums sums;
    private readonly int paddedNodeCount;
    private readonly bool[] isUsed; // [block, set]
    private readonly WeightedScoreGrid?[] grids; // [block, set]
    private readonly WeightedScoreLayout layout;
    private readonly AlignedBuffer scores; // [table, joint row, width]: t, and Σ d with classes
    private readonly AlignedBuffer theta; // [node set, padded node]
    private readonly AlignedBuffer logPrior; // [block, set, padded node]: log π − A
    private readonly double[][][] logPartition; // A_i(θ) [table][item][node]
    private readonly WeightedScoreShard[] shards;
    private readonly ConcurrentBag<WeightedScoreBatch> batches = []; // one a worker

    /// <summary>Prepares codes and grids.</summary>
    /// <param name="plan">The plan: one dimension, items of the exponential family.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="joint">Codes of the responses to all items.</param>
    /// <param name="sets">Distinct sets of answered items.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="sums">Sums over nodes, for what the E-steps find.</param>
    public WeightedScoreStep(CalibrationPlan plan, PatternTable patterns, JointItems joint, AnsweredSets sets, int threads, HostSums sums)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.joint = joint;
        this.sets = sets;
        this.sums = sums;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        paddedNodeCount = NodeTiling.Of(plan.NodeCount).PaddedCount;
        int width = plan.ClassCount == 1 ? 1 : 2;
        long numbersPerShard = (long)width * plan.Tables.Count * joint.TotalRows;
        WeightedScoreStrata strata = new(patterns, sets, plan.Blocks.Count / plan.ClassCount, Math.Max(1, LargestBytes / (sizeof(double) * numbersPerShard)));
        isUsed = new bool[plan.Blocks.Count * sets.IsAnswered.Count];
        grids = new WeightedScoreGrid?[isUsed.Length];
        foreach (WeightedScoreRun[] runs in strata.Shards)
        {
            foreach (WeightedScoreRun run in runs)
            {
                for (int k = 0; k < plan.ClassCount; k++)
                {
                    int index = (run.Group * plan.ClassCount + k) * sets.IsAnswered.Count + run.Set;
                    isUsed[index] = true;
                    grids[index] ??= new WeightedScoreGrid(paddedNodeCount, needsLogZ: plan.ClassCount > 1);
                }
            }
        }
        int[] tableOfBlock = new int[plan.Blocks.Count];
        foreach (PlannedBlock block in plan.Blocks)
            tableOfBlock[block.Index] = block.Table;
        layout = new WeightedScoreLayout(patterns, joint, strata, [.. sets.IsAnswered.Select(joint.GroupsWith)], tableOfBlock, plan.ClassCount);
        logPartition = new double[plan.Tables.Count][][];
        for (int table = 0; table < logPartition.Length; table++)
        {
            logPartition[table] = new double[plan.ItemCount][];
            for (int item = 0; item < plan.ItemCount; item++)
                logPartition[table][item] = plan.Tables[table].SetOfItem[item] >= 0 ? new double[plan.NodeCount] : [];
        }
        scores = new AlignedBuffer(numbersPerShard);
        theta = new AlignedBuffer((long)plan.NodeSetCount * paddedNodeCount);
        logPrior = new AlignedBuffer((long)isUsed.Length * paddedNodeCount);
        shards = [.. strata.Shards.Select(runs => new WeightedScoreShard(layout, runs, plan.Tables.Count))];
    }

    public void Dispose()
    {
        foreach (WeightedScoreGrid? grid in grids)
            grid?.Dispose();
        scores.Dispose();
        theta.Dispose();
        logPrior.Dispose();
        foreach (WeightedScoreShard shard in shards)
            shard.Dispose();
        foreach (WeightedScoreBatch batch in batches)
            batch.Dispose();
    }

    /// <summary>The E-step; null where scores spread so widely, as when slopes run off, that the grids would not be small.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public WeightedScoreExpectation? TryCompute(ModelPoint point)
    {
        if (!TryPrepare(point))
            return null;
        Parallel.For(0, shards.Length, parallel, index =>
        {
            if (!batches.TryTake(out WeightedScoreBatch? batch))
                batch = new WeightedScoreBatch(plan.ClassCount, joint.GroupCount);
            shards[index].Collect(grids, scores.Pointer, point, batch);
            batches.Add(batch);
        });
        return Assemble(point);
    }

    /// <summary>Σ_p N_p Cov(s | pattern) in closed form; null where it is not for the plan, or scores spread too widely.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>Lower triangle. [free, free]</returns>
    public double[]? TryComputeMissingInformation(ModelPoint point)
    {
        if (!MissingInformation.IsFor(plan) || point.Tilts is not null || !TryPrepare(point))
            return null;
        return MissingInformation.Sum(plan, patterns, sets, (block, set, members) =>
        {
            int index = block * sets.IsAnswered.Count + set;
            CellGradients gradients = new(point, plan.Blocks[block], sets.IsAnswered[set]);
            return new MissingInformationCell(gradients, grids[index]!, ThetaOf(block), PriorOf(index), paddedNodeCount, members);
        }, parallel.MaxDegreeOfParallelism);
    }

    /// <summary>Fills scores and grids; false where the grids would not be small.</summary>
    private bool TryPrepare(ModelPoint point)
    {
        (double Low, double High)[] ranges = new (double, double)[isUsed.Length];
        long likelihoods = 0;
        for (int index = 0; index < isUsed.Length; index++)
        {
            if (!isUsed[index])
                continue;
            (double low, double high) = ranges[index] = ScoreRange(point, index / sets.IsAnswered.Count, sets.IsAnswered[index % sets.IsAnswered.Count]);
            if (!(high - low <= WeightedScoreGrid.LargestRange))
                return false;
            likelihoods += (long)paddedNodeCount * WeightedScoreGrid.PointsFor(low, high);
        }
        for (int set = 0; set < plan.NodeSetCount; set++)
            point.Theta[set].CopyTo(new Span<double>(theta.Pointer + (long)set * paddedNodeCount, plan.NodeCount));
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            WeightedScoreRows.Fill(point, joint, table, scores.Pointer + (long)layout.Width * table * joint.TotalRows, layout.Width);
            FillLogPartitions(point, table);
        }
        Parallel.For(0, isUsed.Length, parallel, index =>
        {
            if (!isUsed[index])
                return;
            FillPrior(point, index / sets.IsAnswered.Count, index % sets.IsAnswered.Count);
            grids[index]!.Fill(
                ranges[index].Low, ranges[index].High, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index), likelihoods <= KeptLikelihoods);
        });
        return true;
    }

    /// <summary>Largest error of a log-likelihood that interpolation makes, at sampled scores.</summary>
    private double LargestError()
    {
        double largest = 0;
        for (int index = 0; index < isUsed.Length; index++)
        {
            if (grids[index] is { } grid)
                largest = Math.Max(largest, grid.LargestError(16, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index)));
        }
        return largest;
    }

    private double* ThetaOf(int block) => theta.Pointer + (long)plan.Tables[layout.TableOfBlock[block]].NodeSet * paddedNodeCount;

    private double* PriorOf(int index) => logPrior.Pointer + (long)index * paddedNodeCount;

    /// <summary>Fills A_i(θ) of the items that the table administers.</summary>
    private void FillLogPartitions(ModelPoint point, int table)
    {
        int mostCategories = 0;
        foreach (PlannedItem item in plan.Items)
            mostCategories = Math.Max(mostCategories, item.CategoryCount);
        Parallel.For(0, plan.ItemCount, parallel, () => new double[(1 + mostCategories) * plan.NodeCount], (item, _, scratch) =>
        {
            int setIndex = plan.Tables[table].SetOfItem[item];
            if (setIndex >= 0)
            {
                ItemTables.LogPartition(
                    point, plan.ParameterSets[setIndex], point.ThetaOfTable(table), plan.Items[item].Attributes, 1, scratch, logPartition[table][item]);
            }
            return scratch;
        }, _ => { });
    }

    private void FillPrior(ModelPoint point, int block, int set)
    {
        int index = block * sets.IsAnswered.Count + set;
        double* prior = PriorOf(index);
        new Span<double>(prior, paddedNodeCount).Fill(double.NegativeInfinity);
        point.LogWeight[block].CopyTo(new Span<double>(prior, plan.NodeCount));
        bool[] isAnswered = sets.IsAnswered[set];
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (!isAnswered[item])
                continue;
            ReadOnlySpan<double> partition = logPartition[layout.TableOfBlock[block]][item];
            for (int node = 0; node < partition.Length; node++)
                prior[node] -= partition[node];
        }
    }

    /// <summary>Lowest and highest weighted score of an answered set, tilts among them.</summary>
    private (double Low, double High) ScoreRange(ModelPoint point, int block, bool[] isAnswered)
    {
        (double low, double high) = point.Tilts?.Range(block) ?? (0, 0);
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (!isAnswered[item])
                continue;
            ItemParameterSet parameters = plan.ParameterSets[plan.Tables[layout.TableOfBlock[block]].SetOfItem[item]];
            double slope = point.Parameters.Slots[parameters.FirstSlot];
            (double smallest, double largest) = WeightedScoreRows.Range(point, parameters);
            low += Math.Min(slope * smallest, slope * largest);
            high += Math.Max(slope * smallest, slope * largest);
        }
        return (low, high);
    }

    private WeightedScoreExpectation Assemble(ModelPoint point)
    {
        WeightedScoreExpectation counts = new(point, sums) { InterpolationError = LargestError() };
        double[]?[] deposits = SumDeposits();
        double[][] totals = new double[isUsed.Length][];
        Parallel.For(0, isUsed.Length, parallel, index =>
        {
            if (deposits[index] is { } deposit)
                totals[index] = NodeTotals(deposit, index);
        });
        for (int index = 0; index < isUsed.Length; index++)
        {
            if (isUsed[index])
                AddNodeTotals(counts, totals[index].AsSpan(0, plan.NodeCount), index / sets.IsAnswered.Count, index % sets.IsAnswered.Count);
        }
        AddMoments(counts.Moments!);
        counts.LogLikelihood = LogLikelihood(point, deposits, counts.Moments!);
        return counts;
    }

    /// <summary>Weights left at the grid points; null where the grid is not used. [block, set][grid point]</summary>
    private double[]?[] SumDeposits()
    {
        double[]?[] sum = [.. grids.Select(grid => grid is null ? null : new double[grid.PointCount])];
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
        using AlignedBuffer sum = new(paddedNodeCount);
        grids[index]!.AddNodeTotals(deposit, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index), sum.Pointer);
        return new Span<double>(sum.Pointer, paddedNodeCount).ToArray();
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
        int length = layout.Width * joint.TotalRows;
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            double* first = shards[0].Moments.Pointer + (long)table * length;
            Span<double> sum = new(first, length);
            foreach (WeightedScoreShard shard in shards.AsSpan(1))
                TensorPrimitives.Add(sum, new ReadOnlySpan<double>(shard.Moments.Pointer + (long)table * length, length), sum);
            WeightedScoreRows.AddMoments(plan, joint, first, layout.Width, responseMoments[table]);
        }
        if (plan.ClassCount > 1)
            return;
        for (int group = 0; group < patterns.Totals.GroupCount; group++) // the group's only block has its number
        {
            double[] moments = responseMoments[layout.TableOfBlock[group]];
            for (int item = 0; item < plan.ItemCount; item++)
            {
                for (int category = 0; category < plan.Items[item].CategoryCount; category++)
                    moments[2 * (plan.Items[item].FirstRow + category)] += patterns.Totals.Weight(group, item, category);
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
        for (int index = 0; index < grids.Length; index++)
        {
            if (deposits[index] is { } deposit)
                sum += grids[index]!.LogLikelihood(deposit);
        }
        return sum;
    }
}
