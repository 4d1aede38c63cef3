using System.Runtime.CompilerServices;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables.Streaming;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Foundation.Vectors;
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
    private readonly TableInputs inputs;
    private readonly NodeTiling tiling;
    private readonly JointItems joint;
    private readonly int[] order; // patterns by observed group, so that a shard touches few tables
    private readonly TableShard[] shards;
    private readonly TableStream? stream; // collects where there are many nodes; else null

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
        inputs = new TableInputs(plan, patterns, threads);
        tiling = inputs.Tiling;
        joint = inputs.Joint;
        order = inputs.Order;
        shards = CutShards();
        stream = TableStream.IsFor(inputs) ? new TableStream(inputs, threads) : null;
    }

    /// <inheritdoc/>
    public Expectation Compute(ModelPoint point)
    {
        inputs.Fill(point);
        PatternMeans? means = PatternMeans.For(point, patterns);
        if (stream is not null)
            return TableAssembly.Assemble(point, joint, tiling, [stream.Collect(point.Tilts, means)], means, threads, sums);
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
        inputs.Fill(point);
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
        inputs.Dispose();
        stream?.Dispose();
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
                    if (!inputs.IsPossible(pattern, c))
                        continue;
                    double* sum = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount + tile * tiling.Width;
                    double* table = inputs.RowsOf(inputs.FirstBlock(pattern) + c) + tableOffset;
                    PatternKernels.Chosen.AddRows(table, workspace.Offsets + k * joint.GroupCount, workspace.OffsetCount[k], tiling.Width, sum);
                }
            }
        }
        for (int k = 0; k < count; k++)
        {
            for (int c = 0; tilts is not null && c < classCount; c++)
            {
                double* values = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount;
                inputs.AddTilt(tilts, order[first + k], inputs.FirstBlock(order[first + k]) + c, 0, values, tiling.PaddedCount);
            }
            Normalize(order[first + k], k, workspace);
        }
    }

    /// <summary>Sums the weights of a pattern at the nodes, alone and times θ_j.</summary>
    private void FindMean(int block, double* values, Span<double> mean)
    {
        ReadOnlySpan<double> weights = new(values, tiling.PaddedCount);
        mean[0] = FixedOrderSums.Sum(weights);
        for (int j = 1; j < mean.Length; j++)
            mean[j] = FixedOrderSums.Dot(weights, new ReadOnlySpan<double>(inputs.ColumnsOf(block) + (long)(j - 1) * tiling.PaddedCount, tiling.PaddedCount));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize(int pattern, int k, TableWorkspace workspace)
    {
        double* posterior = workspace.Posterior.Pointer + (long)k * classCount * tiling.PaddedCount;
        double largest = double.NegativeInfinity;
        for (int c = 0; c < classCount; c++)
        {
            if (inputs.IsPossible(pattern, c))
            {
                double* prior = inputs.LogWeightOf(inputs.FirstBlock(pattern) + c);
                largest = Math.Max(largest, PatternKernels.Chosen.AddAndMax(posterior + c * tiling.PaddedCount, prior, tiling.PaddedCount));
            }
        }
        double sum = 0;
        for (int c = 0; c < classCount; c++)
        {
            double* values = posterior + c * tiling.PaddedCount;
            if (inputs.IsPossible(pattern, c))
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
                int block = inputs.FirstBlock(pattern) + c;
                double* values = posterior + c * tiling.PaddedCount;
                PatternKernels.Chosen.ScaleAndAccumulate(
                    values, frequency / workspace.Sum[k], shard.NodeTotals.Pointer + (long)block * tiling.PaddedCount, tiling.PaddedCount);
                if (means is not null)
                    FindMean(block, values, means.Of(pattern, c));
                int leader = inputs.LeadingClass(block);
                if (leader < c)
                    PatternKernels.Chosen.Accumulate(posterior + leader * tiling.PaddedCount, values, tiling.PaddedCount);
                shard.JointCounts[inputs.TableOf(block)] ??= new AlignedBuffer((long)joint.TotalRows * tiling.PaddedCount);
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
                    if (inputs.LeadingClass(inputs.FirstBlock(pattern) + c) != c)
                        continue;
                    double* weight = workspace.Posterior.Pointer + ((long)k * classCount + c) * tiling.PaddedCount + tile * tiling.Width;
                    double* counts = shard.JointCounts[inputs.TableOf(inputs.FirstBlock(pattern) + c)]!.Pointer + tableOffset;
                    PatternKernels.Chosen.ScatterRows(counts, workspace.Offsets + k * joint.GroupCount, workspace.OffsetCount[k], tiling.Width, weight);
                }
            }
        }
    }
}
