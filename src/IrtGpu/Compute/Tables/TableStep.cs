using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Tables;

/// <summary>The E-step of any model: sums of tabled log-probabilities at every node.</summary>
/// <remarks>
/// Patterns are cut into shards by their number alone; each shard sums in order, shards are added in order. So the result
/// has the same bits for any number of threads.
/// </remarks>
internal sealed unsafe class TableStep : ICpuStep
{
    private const int PatternsPerShard = 4096;
    private const int LargestShardCount = 32;
    private const long LargestCountBytes = 1L << 30; // of the counts of all shards

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly int classCount;
    private readonly int threads;
    private readonly HostSums sums;
    private readonly NodeTiling tiling;
    private readonly JointItems joint;
    private readonly int[] order; // patterns by observed group, so that a shard touches few tables
    private readonly double[][] logProbability; // [table][row, padded node]
    private readonly AlignedBuffer[] jointTable; // [table][tile, joint row, lane]
    private readonly AlignedBuffer logWeight; // [block, padded node]; padding −∞
    private readonly AlignedBuffer columns; // θ_j of the nodes, where means are shifted; padding 0 [node set, attribute, padded node]
    private readonly TableShard[] shards;
    private readonly int[] tableOfBlock; // [block]
    private readonly int[] leadingClass; // [block] first class of the block's group that uses the same table

    /// <summary>Prepares tables and codes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="sums">Sums over nodes, for what the E-steps find.</param>
    public TableStep(CalibrationPlan plan, PatternTable patterns, int threads, HostSums sums)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.threads = threads;
        this.sums = sums;
        classCount = plan.ClassCount;
        tiling = NodeTiling.Of(plan.NodeCount);
        joint = JointItems.Create(plan, patterns, [.. Enumerable.Range(0, plan.ItemCount)], tiling.PaddedCount);
        order = CountingSort.Order(patterns.PatternCount, plan.GroupCount, pattern => patterns.Groups[pattern]);
        logProbability = [.. plan.Tables.Select(_ => new double[(long)plan.RowCount * tiling.PaddedCount])];
        jointTable = [.. plan.Tables.Select(_ => new AlignedBuffer((long)joint.TotalRows * tiling.PaddedCount))];
        logWeight = new AlignedBuffer((long)plan.Blocks.Count * tiling.PaddedCount);
        new Span<double>(logWeight.Pointer, checked((int)logWeight.Length)).Fill(double.NegativeInfinity);
        columns = new AlignedBuffer(patterns.CovariateRows.Length == 0 ? 0 : (long)plan.NodeSetCount * plan.AttributeCount * tiling.PaddedCount);
        shards = CutShards();
        tableOfBlock = [.. plan.Blocks.Select(block => block.Table)];
        leadingClass = [.. plan.Blocks.Select(block => Array.FindIndex(tableOfBlock, block.Group * classCount, table => table == block.Table) - block.Group * classCount)];
    }

    /// <inheritdoc/>
    public Expectation Compute(ModelPoint point)
    {
        Prepare(point);
        PatternMeans? means = PatternMeans.For(point, patterns);
        ForEachShard((shard, workspace) =>
        {
            shard.Clear();
            for (int first = shard.Begin; first < shard.End; first += workspace.PatternCount)
            {
                int count = Math.Min(workspace.PatternCount, shard.End - first);
                ComputePosteriors(first, count, point.Tilts, workspace);
                CollectCounts(first, count, means, workspace, shard);
            }
        });
        return TableAssembly.Assemble(point, joint, tiling, shards, means, threads, sums);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        Prepare(point);
        TVisitor[] visitors = [.. shards.Select(_ => createVisitor())];
        ForEachShard((shard, workspace) =>
        {
            double[] posterior = new double[classCount * plan.NodeCount];
            for (int first = shard.Begin; first < shard.End; first += workspace.PatternCount)
            {
                int count = Math.Min(workspace.PatternCount, shard.End - first);
                ComputePosteriors(first, count, point.Tilts, workspace);
                for (int k = 0; k < count; k++)
                {
                    double scale = 1 / workspace.Sum[k];
                    for (int c = 0; c < classCount; c++)
                    {
                        double* from = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount;
                        for (int node = 0; node < plan.NodeCount; node++)
                            posterior[c * plan.NodeCount + node] = from[node] * scale;
                    }
                    visitors[shard.Index].Visit(order[first + k], workspace.LogLikelihood[k], posterior);
                }
            }
        });
        return visitors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in jointTable)
            buffer.Dispose();
        logWeight.Dispose();
        columns.Dispose();
        joint.Dispose();
        foreach (TableShard shard in shards)
            shard.Dispose();
    }

    private TableShard[] CutShards()
    {
        long bytes = sizeof(double) * (long)joint.TotalRows * tiling.PaddedCount * plan.Tables.Count;
        long affordable = Math.Max(1, LargestCountBytes / Math.Max(bytes, 1));
        Shards cuts = Shards.Cut(patterns.PatternCount, PatternsPerShard, Math.Min(LargestShardCount, affordable));
        TableShard[] cut = new TableShard[cuts.Count];
        for (int index = 0; index < cut.Length; index++)
        {
            cut[index] = new TableShard(
                index, cuts.Begin(index), cuts.End(index), new AlignedBuffer?[plan.Tables.Count], new AlignedBuffer((long)plan.Blocks.Count * tiling.PaddedCount));
        }
        return cut;
    }

    private void Prepare(ModelPoint point)
    {
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            ItemTables.Fill(point, table, logProbability[table], tiling.PaddedCount, threads);
            JointTables.Build(plan, joint, tiling, logProbability[table], jointTable[table], threads);
        }
        for (int block = 0; block < plan.Blocks.Count; block++)
        {
            for (int node = 0; node < plan.NodeCount; node++)
                logWeight.Pointer[(long)block * tiling.PaddedCount + node] = point.LogProportion[block] + point.LogWeight[block][node];
        }
        for (int column = 0; point.Tilts is not null && column < plan.NodeSetCount * plan.AttributeCount; column++)
        {
            double[] theta = point.Theta[column / plan.AttributeCount];
            for (int node = 0; node < plan.NodeCount; node++)
                columns.Pointer[(long)column * tiling.PaddedCount + node] = theta[node * plan.AttributeCount + column % plan.AttributeCount];
        }
    }

    private void ForEachShard(Action<TableShard, TableWorkspace> process) =>
        Parallel.For(
            0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new TableWorkspace(classCount, tiling.PaddedCount, joint.GroupCount),
            (index, _, workspace) =>
            {
                process(shards[index], workspace);
                return workspace;
            },
            workspace => workspace.Dispose());

    /// <summary>Leaves in the workspace exp(ℓ − max), its sum and the marginal log-likelihood of each pattern of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputePosteriors(int first, int count, PopulationTilts? tilts, TableWorkspace workspace)
    {
        for (int k = 0; k < count; k++)
            workspace.OffsetCount[k] = joint.FindRows(order[first + k], tiling.Width, workspace.Offsets + k * joint.GroupCount);
        for (int tile = 0; tile < tiling.TileCount; tile++)
        {
            long tableOffset = (long)tile * joint.TotalRows * tiling.Width;
            for (int k = 0; k < count; k++)
            {
                int pattern = order[first + k];
                for (int c = 0; c < classCount; c++)
                {
                    if (!IsPossible(pattern, c))
                        continue;
                    double* sum = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount + tile * tiling.Width;
                    double* table = jointTable[tableOfBlock[FirstBlock(pattern) + c]].Pointer + tableOffset;
                    PatternKernels.Chosen.AddRows(table, workspace.Offsets + k * joint.GroupCount, workspace.OffsetCount[k], tiling.Width, sum);
                }
            }
        }
        for (int k = 0; k < count; k++)
        {
            if (tilts is not null)
                AddTilts(order[first + k], k, tilts, workspace);
            Normalize(order[first + k], k, workspace);
        }
    }

    /// <summary>Adds what the shift of a pattern's mean adds to the log weights of the nodes.</summary>
    private void AddTilts(int pattern, int k, PopulationTilts tilts, TableWorkspace workspace)
    {
        int row = patterns.CovariateRows[pattern];
        for (int c = 0; c < classCount; c++)
        {
            int block = FirstBlock(pattern) + c;
            double* values = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount;
            double intercept = -tilts.LogNormalizer(block, row);
            double* column = ColumnsOf(block);
            foreach (double slope in tilts.Tilt(block, row))
            {
                PatternKernels.Chosen.AddLine(values, column, slope, intercept, tiling.PaddedCount);
                column += tiling.PaddedCount;
                intercept = 0;
            }
        }
    }

    /// <summary>Sums the weights of a pattern at the nodes, alone and times θ_j.</summary>
    private void FindMean(int block, double* values, Span<double> mean)
    {
        ReadOnlySpan<double> weights = new(values, tiling.PaddedCount);
        mean[0] = TensorPrimitives.Sum(weights);
        for (int j = 1; j < mean.Length; j++)
            mean[j] = TensorPrimitives.Dot(weights, new ReadOnlySpan<double>(ColumnsOf(block) + (long)(j - 1) * tiling.PaddedCount, tiling.PaddedCount));
    }

    private double* ColumnsOf(int block) => columns.Pointer + (long)plan.Tables[tableOfBlock[block]].NodeSet * plan.AttributeCount * tiling.PaddedCount;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize(int pattern, int k, TableWorkspace workspace)
    {
        double* posterior = workspace.Posterior.Pointer + (long)k * classCount * tiling.PaddedCount;
        double largest = double.NegativeInfinity;
        for (int c = 0; c < classCount; c++)
        {
            if (IsPossible(pattern, c))
            {
                double* prior = logWeight.Pointer + (long)(FirstBlock(pattern) + c) * tiling.PaddedCount;
                largest = Math.Max(largest, PatternKernels.Chosen.AddAndMax(posterior + c * tiling.PaddedCount, prior, tiling.PaddedCount));
            }
        }
        double sum = 0;
        for (int c = 0; c < classCount; c++)
        {
            double* values = posterior + c * tiling.PaddedCount;
            if (IsPossible(pattern, c))
                sum += PatternKernels.Chosen.ExpAndSum(values, largest, tiling.PaddedCount);
            else
                new Span<double>(values, tiling.PaddedCount).Clear();
        }
        workspace.Sum[k] = sum;
        workspace.LogLikelihood[k] = largest + Math.Log(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CollectCounts(int first, int count, PatternMeans? means, TableWorkspace workspace, TableShard shard)
    {
        for (int k = 0; k < count; k++)
        {
            int pattern = order[first + k];
            double frequency = patterns.Frequency[pattern];
            shard.LogLikelihood += frequency * workspace.LogLikelihood[k];
            double* posterior = workspace.Posterior.Pointer + (long)k * classCount * tiling.PaddedCount;
            for (int c = 0; c < classCount; c++)
            {
                int block = FirstBlock(pattern) + c;
                double* values = posterior + c * tiling.PaddedCount;
                PatternKernels.Chosen.ScaleAndAccumulate(
                    values, frequency / workspace.Sum[k], shard.NodeTotals.Pointer + (long)block * tiling.PaddedCount, tiling.PaddedCount);
                if (means is not null)
                    FindMean(block, values, means.Of(pattern, c));
                int leader = leadingClass[block];
                if (leader < c)
                    PatternKernels.Chosen.Accumulate(posterior + leader * tiling.PaddedCount, values, tiling.PaddedCount);
                shard.JointCounts[tableOfBlock[block]] ??= new AlignedBuffer((long)joint.TotalRows * tiling.PaddedCount);
            }
        }
        for (int tile = 0; tile < tiling.TileCount; tile++)
        {
            long tableOffset = (long)tile * joint.TotalRows * tiling.Width;
            for (int k = 0; k < count; k++)
            {
                int pattern = order[first + k];
                for (int c = 0; c < classCount; c++)
                {
                    if (leadingClass[FirstBlock(pattern) + c] != c)
                        continue;
                    double* weight = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount + tile * tiling.Width;
                    double* counts = shard.JointCounts[tableOfBlock[FirstBlock(pattern) + c]]!.Pointer + tableOffset;
                    PatternKernels.Chosen.ScatterRows(counts, workspace.Offsets + k * joint.GroupCount, workspace.OffsetCount[k], tiling.Width, weight);
                }
            }
        }
    }

    private int FirstBlock(int pattern) => patterns.Groups[pattern] * classCount;

    private bool IsPossible(int pattern, int c) => patterns.KnownClasses[pattern] < 0 || patterns.KnownClasses[pattern] == c;
}
