using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Cpu;

/// <summary>
/// The E-step of one-dimensional exponential-family items through each pattern's weighted score t = Σ a s: the likelihood is
/// exp(t θ + Σ d − A(θ)), so that posteriors depend on t alone and the M-step needs only sums of category memberships and EAPs.
/// </summary>
/// <remarks>
/// Instead of counts by category and node it leaves, for every item, the node totals of those who answered it (as counts of its
/// first category, whose log-probability is −A_i) and the moments Σ 1[x=m] and Σ 1[x=m] E θ of its categories. The cost does not depend on the
/// number of nodes. Shards and their order are those of the patterns, so results do not depend on the number of threads.
/// </remarks>
internal sealed unsafe partial class WeightedScoreStep : IDisposable
{
    private const int PatternsPerShard = 8192;
    private const int LargestShardCount = 32;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly JointItems joint;
    private readonly AnsweredSets sets;
    private readonly int threads;
    private readonly int paddedNodeCount;
    private readonly int classCount;
    private readonly int[] tableOfBlock; // [block]
    private readonly bool[] isUsed; // [block, set]
    private readonly ScoreGrid?[] grids; // [block, set]
    private readonly AlignedBuffer scores; // [table, joint row, 2]: t and Σ d
    private readonly AlignedBuffer theta; // [node set, padded node]
    private readonly AlignedBuffer logPrior; // [block, set, padded node]: log π − A
    private readonly Shard[] shards;

    /// <summary>Prepares codes and grids.</summary>
    /// <param name="plan">The plan: one dimension, items of the exponential family.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="joint">Codes of the responses to all items.</param>
    /// <param name="sets">Distinct sets of answered items.</param>
    /// <param name="threads">Number of threads.</param>
    public WeightedScoreStep(CalibrationPlan plan, PatternTable patterns, JointItems joint, AnsweredSets sets, int threads)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.joint = joint;
        this.sets = sets;
        this.threads = threads;
        classCount = plan.ClassCount;
        paddedNodeCount = NodeTiling.Of(plan.NodeCount).PaddedCount;
        tableOfBlock = [.. plan.Blocks.Select(block => block.Table)];
        isUsed = new bool[plan.Blocks.Count * sets.IsAnswered.Count];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            for (int k = 0; k < classCount; k++)
                isUsed[(patterns.Groups[pattern] * classCount + k) * sets.IsAnswered.Count + sets.SetOfPattern[pattern]] = true;
        }
        grids = [.. isUsed.Select(used => used ? new ScoreGrid(paddedNodeCount) : null)];
        scores = new AlignedBuffer(2L * plan.Tables.Count * joint.TotalRows);
        theta = new AlignedBuffer((long)plan.NodeSetCount * paddedNodeCount);
        logPrior = new AlignedBuffer((long)isUsed.Length * paddedNodeCount);
        int count = Math.Clamp(patterns.PatternCount / PatternsPerShard, 1, LargestShardCount);
        shards = [.. Enumerable.Range(0, count).Select(index => new Shard(
            (int)((long)patterns.PatternCount * index / count), (int)((long)patterns.PatternCount * (index + 1) / count),
            isUsed.Length, new AlignedBuffer(2L * plan.Tables.Count * joint.TotalRows)))];
    }

    /// <summary>Largest error of a pattern's log-likelihood that interpolation made, as seen at sampled scores of the last E-step.</summary>
    public double InterpolationError { get; private set; }

    public void Dispose()
    {
        foreach (ScoreGrid? grid in grids)
            grid?.Dispose();
        scores.Dispose();
        theta.Dispose();
        logPrior.Dispose();
        foreach (Shard shard in shards)
            shard.Moments.Dispose();
    }

    /// <summary>The E-step; null where scores spread so widely, as when slopes run off, that the grids would not be small.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public ExpectedCounts? TryCompute(ModelPoint point)
    {
        if (!TryPrepare(point))
            return null;
        Parallel.For(0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index => Collect(shards[index], point.LogProportion));
        return Assemble(point);
    }

    /// <summary>Σ_p N_p Cov(s | pattern) in closed form; null where it is not for the plan, or scores spread too widely.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>Lower triangle. [free, free]</returns>
    public double[]? TryComputeMissingInformation(ModelPoint point)
    {
        if (!MissingInformation.IsFor(plan) || !TryPrepare(point))
            return null;
        return MissingInformation.Sum(plan, patterns, sets, (block, set, members) =>
        {
            int index = block * sets.IsAnswered.Count + set;
            CellScores cellScores = new(point, plan.Blocks[block], sets.IsAnswered[set]);
            return new MissingInformationCell(cellScores, grids[index]!, ThetaOf(block), PriorOf(index), paddedNodeCount, members);
        }, threads);
    }

    /// <summary>Fills scores and grids; false where the grids would not be small.</summary>
    private bool TryPrepare(ModelPoint point)
    {
        for (int index = 0; index < isUsed.Length; index++)
        {
            (double low, double high) = isUsed[index] ? ScoreRange(point, index / sets.IsAnswered.Count, sets.IsAnswered[index % sets.IsAnswered.Count]) : default;
            if (!(high - low <= ScoreGrid.LargestRange))
                return false;
        }
        for (int set = 0; set < plan.NodeSetCount; set++)
            point.Theta[set].CopyTo(new Span<double>(theta.Pointer + (long)set * paddedNodeCount, plan.NodeCount));
        for (int table = 0; table < plan.Tables.Count; table++)
            ScoreRows.Fill(point, joint, table, scores.Pointer + 2L * table * joint.TotalRows, width: 2);
        double[]?[][] logPartition = [.. plan.Tables.Select((_, table) => LogPartitions(point, table))];
        Parallel.For(0, isUsed.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
        {
            if (isUsed[index])
                FillGrid(point, index / sets.IsAnswered.Count, index % sets.IsAnswered.Count, logPartition);
        });
        InterpolationError = 0;
        for (int index = 0; index < isUsed.Length; index++)
        {
            if (grids[index] is { } grid)
                InterpolationError = Math.Max(InterpolationError, grid.LargestError(16, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index)));
        }
        return true;
    }

    private double* ThetaOf(int block) => theta.Pointer + (long)plan.Tables[tableOfBlock[block]].NodeSet * paddedNodeCount;

    private double* PriorOf(int index) => logPrior.Pointer + (long)index * paddedNodeCount;

    /// <summary>A_i(θ); null where the item is not administered. [item][node]</summary>
    private double[]?[] LogPartitions(ModelPoint point, int table)
    {
        double[]?[] logPartition = new double[]?[plan.ItemCount];
        Parallel.For(0, plan.ItemCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, item =>
        {
            int setIndex = plan.Tables[table].SetOfItem[item];
            if (setIndex >= 0)
                logPartition[item] = ItemTables.LogPartition(point, plan.ParameterSets[setIndex], point.ThetaOfTable(table), plan.Items[item].Attributes, 1);
        });
        return logPartition;
    }

    private void FillGrid(ModelPoint point, int block, int set, double[]?[][] logPartition)
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
            for (int node = 0; node < plan.NodeCount; node++)
                prior[node] -= logPartition[tableOfBlock[block]][item]![node];
        }
        (double low, double high) = ScoreRange(point, block, isAnswered);
        grids[index]!.Fill(low, high, ThetaOf(block), prior);
    }

    /// <summary>Lowest and highest weighted score of an answered set.</summary>
    private (double Low, double High) ScoreRange(ModelPoint point, int block, bool[] isAnswered)
    {
        double low = 0;
        double high = 0;
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (!isAnswered[item])
                continue;
            ItemParameterSet parameters = plan.ParameterSets[plan.Tables[tableOfBlock[block]].SetOfItem[item]];
            double slope = point.Parameters.Slots[parameters.FirstSlot];
            (double smallest, double largest) = ScoreRows.Range(point, parameters);
            low += Math.Min(slope * smallest, slope * largest);
            high += Math.Max(slope * smallest, slope * largest);
        }
        return (low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Collect(Shard shard, double[] logProportion)
    {
        shard.Clear(grids);
        int setCount = sets.IsAnswered.Count;
        double* logLikelihood = stackalloc double[classCount];
        int* first = stackalloc int[classCount];
        Vector512<double>* coefficients = stackalloc Vector512<double>[classCount];
        for (int pattern = shard.Begin; pattern < shard.End; pattern++)
        {
            double frequency = patterns.Frequency[pattern];
            int firstBlock = patterns.Groups[pattern] * classCount;
            int set = sets.SetOfPattern[pattern];
            int known = patterns.KnownClasses[pattern];
            double largest = double.NegativeInfinity;
            fixed (byte* codes = joint.CodesOf(pattern))
            {
                for (int k = 0; k < classCount; k++)
                {
                    if (known >= 0 && known != k)
                    {
                        logLikelihood[k] = double.NegativeInfinity;
                        continue;
                    }
                    Vector128<double> sum = Vector128<double>.Zero;
                    double* rows = scores.Pointer + 2L * tableOfBlock[firstBlock + k] * joint.TotalRows;
                    for (int group = 0; group < joint.GroupCount; group++)
                        sum += Vector128.Load(rows + 2 * (joint.FirstRow[group] + codes[group]));
                    ScoreGrid grid = grids[(firstBlock + k) * setCount + set]!;
                    first[k] = grid.Locate(sum[0], out coefficients[k]);
                    logLikelihood[k] = logProportion[firstBlock + k] + sum[1] + Vector512.Dot(coefficients[k], Vector512.LoadUnsafe(ref grid.LogZ[first[k]]));
                    largest = Math.Max(largest, logLikelihood[k]);
                }
                double total = 0;
                for (int k = 0; k < classCount; k++)
                    total += classCount == 1 ? 1 : Math.Exp(logLikelihood[k] - largest);
                shard.LogLikelihood += frequency * (classCount == 1 ? largest : largest + Math.Log(total));
                for (int k = 0; k < classCount; k++)
                {
                    double weight = frequency * (classCount == 1 ? 1 : Math.Exp(logLikelihood[k] - largest) / total);
                    if (weight == 0)
                        continue;
                    int index = (firstBlock + k) * setCount + set;
                    double eap = Vector512.Dot(coefficients[k], Vector512.LoadUnsafe(ref grids[index]!.Eap[first[k]]));
                    ref double deposit = ref shard.Deposits[index][first[k]];
                    (Vector512.LoadUnsafe(ref deposit) + coefficients[k] * weight).StoreUnsafe(ref deposit);
                    Vector128<double> moment = Vector128.Create(weight * eap, weight);
                    double* moments = shard.Moments.Pointer + 2L * tableOfBlock[firstBlock + k] * joint.TotalRows;
                    for (int group = 0; group < joint.GroupCount; group++)
                    {
                        double* row = moments + 2 * (joint.FirstRow[group] + codes[group]);
                        (Vector128.Load(row) + moment).Store(row);
                    }
                }
            }
        }
    }

    private ExpectedCounts Assemble(ModelPoint point)
    {
        ExpectedCounts counts = new(plan) { ResponseMoments = ExpectedCounts.CreateMoments(plan) };
        using AlignedBuffer moments = new(scores.Length);
        foreach (Shard shard in shards)
        {
            counts.LogLikelihood += shard.LogLikelihood;
            for (int k = 0; k < moments.Length; k++)
                moments.Pointer[k] += shard.Moments.Pointer[k];
        }
        int setCount = sets.IsAnswered.Count;
        double[][] totals = new double[isUsed.Length][];
        Parallel.For(0, isUsed.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
        {
            if (grids[index] is { } grid)
                totals[index] = NodeTotals(grid, index);
        });
        for (int index = 0; index < isUsed.Length; index++)
        {
            if (!isUsed[index])
                continue;
            int block = index / setCount;
            System.Numerics.Tensors.TensorPrimitives.Add(counts.NodeTotals[block], totals[index].AsSpan(0, plan.NodeCount), counts.NodeTotals[block]);
            bool[] isAnswered = sets.IsAnswered[index % setCount];
            for (int item = 0; item < isAnswered.Length; item++)
            {
                Span<double> row = counts.RowCounts[tableOfBlock[block]].AsSpan(plan.Items[item].FirstRow * plan.NodeCount, plan.NodeCount);
                if (isAnswered[item])
                    System.Numerics.Tensors.TensorPrimitives.Add(row, totals[index].AsSpan(0, plan.NodeCount), row);
            }
        }
        for (int table = 0; table < plan.Tables.Count; table++)
            ScoreRows.AddMoments(plan, joint, moments.Pointer + 2L * table * joint.TotalRows, width: 2, counts.ResponseMoments[table]);
        return counts;
    }

    private double[] NodeTotals(ScoreGrid grid, int index)
    {
        double[] deposit = new double[grid.PointCount];
        foreach (Shard shard in shards)
            System.Numerics.Tensors.TensorPrimitives.Add(deposit, shard.Deposits[index], deposit);
        using AlignedBuffer sum = new(paddedNodeCount);
        grid.AddNodeTotals(deposit, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index), sum.Pointer);
        return new Span<double>(sum.Pointer, paddedNodeCount).ToArray();
    }

    private sealed class Shard(int begin, int end, int gridCount, AlignedBuffer moments)
    {
        public int Begin => begin;

        public int End => end;

        public double LogLikelihood { get; set; }

        public AlignedBuffer Moments => moments; // [table, joint row, 2]: Σ weight · EAP and Σ weight

        public double[][] Deposits { get; } = new double[gridCount][]; // [block, set][grid point]

        public void Clear(ScoreGrid?[] grids)
        {
            LogLikelihood = 0;
            moments.Clear();
            for (int index = 0; index < grids.Length; index++)
            {
                int count = grids[index]?.PointCount ?? 0;
                if (Deposits[index]?.Length == count)
                    Deposits[index].AsSpan().Clear();
                else
                    Deposits[index] = new double[count];
            }
        }
    }
}
