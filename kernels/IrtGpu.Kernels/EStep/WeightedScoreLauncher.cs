using System.Numerics.Tensors;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.EStep;

/// <summary>Holds what the weighted-score E-step needs beside the tile and launches <see cref="WeightedScoreKernels"/>, all on the default stream.</summary>
/// <remarks>
/// Scores of patterns are the sums that <see cref="EStepKernels.JointLogLikelihood"/> makes of a table with score columns in place of
/// nodes; moments by response are the counts that <see cref="EStepKernels.CollectCounts"/> makes with moments in place of nodes.
/// </remarks>
internal sealed class WeightedScoreLauncher
{
    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly EStepLauncher launcher;
    private readonly AnsweredSets sets;
    private readonly WeightedScoreViews views;
    private readonly double[] hostRowScores;
    private readonly ArrayView<double> rowScores; // [table, row, score column]
    private readonly ArrayView<double> noWeight; // [block, score column], 0
    private readonly ArrayView<double> moments; // [slice][table, row, 1 + attribute]
    private readonly ArrayView<double> momentTotals; // [slice][block, 1 + attribute]
    private readonly Action<Index1D, TileShape, LayoutViews, WeightedScoreViews, ArrayView<double>, ArrayView<double>> fillLogPrior;
    private readonly Action<Index1D, TileShape, int, WeightedScoreViews, ArrayView<double>, NormalizerViews> exponentiate;
    private readonly Action<Index1D, TileShape, PatternViews, NormalizerViews, WeightedScoreViews> mergeMoments;
    private readonly Action<Index1D, TileShape, PatternViews, NormalizerViews, ArrayView<double>, WeightedScoreViews> sumLanes;
    private readonly Action<Index1D, TileShape, int, WeightedScoreViews> addLanes;
    private readonly Action<Index1D, TileShape, int, LayoutViews, WeightedScoreViews, ArrayView<double>> spreadTotals;
    private readonly Action<Index1D, TileShape, WeightedScoreViews, ArrayView<double>> addSets;

    /// <summary>Compiles the kernels and allocates.</summary>
    /// <param name="plan">A plan of exponential-family items.</param>
    /// <param name="memory">Planned with as many sets.</param>
    /// <param name="buffers">Owns the memory.</param>
    /// <param name="launcher">Holds the tile.</param>
    /// <param name="sets">Sets of answered items.</param>
    /// <param name="theta">Nodes. [node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    public WeightedScoreLauncher(
        CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher, AnsweredSets sets, ArrayView<double> theta, long thetaStride)
    {
        this.plan = plan;
        this.memory = memory;
        this.buffers = buffers;
        this.launcher = launcher;
        this.sets = sets;
        Accelerator accelerator = buffers.Accelerator;
        fillLogPrior = accelerator.LoadIndexed<TileShape, LayoutViews, WeightedScoreViews, ArrayView<double>, ArrayView<double>>(
            WeightedScoreKernels.FillLogPrior);
        exponentiate = accelerator.LoadIndexed<TileShape, int, WeightedScoreViews, ArrayView<double>, NormalizerViews>(
            WeightedScoreKernels.ExponentiateScores);
        mergeMoments = accelerator.LoadIndexed<TileShape, PatternViews, NormalizerViews, WeightedScoreViews>(
            WeightedScoreKernels.MergeMoments);
        sumLanes = accelerator.LoadIndexed<TileShape, PatternViews, NormalizerViews, ArrayView<double>, WeightedScoreViews>(
            WeightedScoreKernels.SumLanes);
        addLanes = accelerator.LoadIndexed<TileShape, int, WeightedScoreViews>(WeightedScoreKernels.AddLanes);
        spreadTotals = accelerator.LoadIndexed<TileShape, int, LayoutViews, WeightedScoreViews, ArrayView<double>>(
            WeightedScoreKernels.SpreadTotals);

        addSets = accelerator.LoadIndexed<TileShape, WeightedScoreViews, ArrayView<double>>(WeightedScoreKernels.AddSets);

        ProblemSize size = memory.Size;
        long blockSets = (long)size.BlockCount * size.AnsweredSetCount;
        views = new WeightedScoreViews
        {
            AttributeCount = size.AttributeCount,
            ItemCount = size.ItemCount,
            SetCount = size.AnsweredSetCount,
            ScoreStride = size.ScoreStride,
            LaneCount = memory.LaneCount,
            ThetaStride = thetaStride,
            Theta = theta,
            IsAnswered = buffers.Allocate<int>((long)size.AnsweredSetCount * size.ItemCount),
            NodeSetOfBlock = buffers.Allocate<int>(size.BlockCount),
            LogPrior = buffers.Allocate<double>(blockSets * memory.NodeTileWidth),
            Scores = buffers.Allocate<double>((long)memory.PatternTileCapacity * size.ClassCount * size.ScoreStride),
            ChunkMoments = buffers.Allocate<double>((long)memory.PatternTileCapacity * memory.ChunkCount * size.MomentCount),
            Moments = buffers.Allocate<double>((long)memory.PatternTileCapacity * size.ClassCount * size.MomentCount),
            LaneTotals = buffers.Allocate<double>((long)memory.LaneCount * size.ClassCount * memory.NodeTileWidth),
            Totals = buffers.Allocate<double>(blockSets * memory.NodeTileWidth),
        };
        buffers.Upload(views.IsAnswered, [.. sets.IsAnswered.SelectMany(set => set.Select(isAnswered => isAnswered ? 1 : 0))]);
        buffers.Upload(views.NodeSetOfBlock, [.. plan.Blocks.Select(block => plan.Tables[block.Table].NodeSet)]);
        hostRowScores = new double[(long)size.TableCount * size.RowCount * size.ScoreStride];
        rowScores = buffers.Allocate<double>(hostRowScores.Length);
        noWeight = buffers.Allocate<double>((long)size.BlockCount * size.ScoreStride);
        moments = buffers.Allocate<double>((long)memory.SliceCount * size.TableCount * size.RowCount * size.MomentCount);
        momentTotals = buffers.Allocate<double>((long)memory.SliceCount * size.BlockCount * size.MomentCount);
    }

    /// <summary>Uploads intercept and scores of every category and forgets moments.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public void Begin(double[] slots)
    {
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            for (int item = 0; item < plan.ItemCount; item++)
            {
                if (plan.Tables[table].SetOfItem[item] is >= 0 and int set)
                    FillRowScores(table, plan.Items[item], plan.ParameterSets[set], slots);
            }
        }
        buffers.Upload(rowScores, hostRowScores);
        moments.MemSetToZero(buffers.Accelerator.DefaultStream);
        momentTotals.MemSetToZero(buffers.Accelerator.DefaultStream);
    }

    /// <summary>Prepares a node tile from its item tables: log priors, node totals of 0.</summary>
    /// <param name="firstNode">First node.</param>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="logWeight">log τ + log π. [block, node]</param>
    public void BeginNodeTile(int firstNode, int nodeCount, ArrayView<double> logWeight)
    {
        TileShape shape = launcher.Shape(default, 0, firstNode, nodeCount);
        fillLogPrior(plan.Blocks.Count * sets.IsAnswered.Count * nodeCount, shape, launcher.Layout, ViewsOf(shape), launcher.LogProbability, logWeight);
        buffers.CountLaunch();
        views.Totals.MemSetToZero(buffers.Accelerator.DefaultStream);
    }

    /// <summary>Fills the tile with exp(ℓ − m of the chunk), and the chunks' moments.</summary>
    /// <param name="tile">Patterns.</param>
    /// <param name="shape">Their shape at the node tile.</param>
    /// <param name="patterns">Responses.</param>
    public void ComputeTerms(PatternTile tile, TileShape shape, PatternViews patterns)
    {
        launcher.ComputeJoint(shape with { NodeCount = views.ScoreStride, FirstNode = 0, WeightStride = views.ScoreStride }, patterns, rowScores, noWeight, views.Scores);
        TileShape byClass = ByClass(shape);
        exponentiate(byClass.ChunkCount * shape.PatternCount, byClass, tile.AnsweredSet, ViewsOf(shape), launcher.Posterior, launcher.Normalizers);
        buffers.CountLaunch();
    }

    /// <summary>Merges the tile's chunks into each pattern's largest term and sum.</summary>
    public void MergeTerms(TileShape shape, bool isFirst) => launcher.MergeTerms(ByClass(shape), isFirst);

    /// <summary>Adds the tile's node totals, moments by response and log-likelihoods.</summary>
    /// <param name="tile">Patterns.</param>
    /// <param name="shape">Their shape at the node tile.</param>
    /// <param name="patterns">Responses and frequencies.</param>
    public void Collect(PatternTile tile, TileShape shape, PatternViews patterns)
    {
        TileShape byClass = ByClass(shape);
        WeightedScoreViews chunked = ViewsOf(shape);
        int rows = shape.ClassCount * shape.NodeCount;
        int momentCount = memory.Size.MomentCount;
        launcher.Normalize(byClass, launcher.Normalizers);
        mergeMoments(shape.ClassCount * momentCount * shape.PatternCount, byClass, patterns, launcher.Normalizers, chunked);
        sumLanes(rows * memory.LaneCount, byClass, patterns, launcher.Normalizers, launcher.Posterior, chunked);
        addLanes(rows, byClass, tile.AnsweredSet, chunked);
        for (int k = 0; k < 3; k++)
            buffers.CountLaunch();
        launcher.CollectCounts(shape with { NodeCount = momentCount, FirstNode = 0 }, patterns, views.Moments, moments, momentTotals);
        launcher.CollectLogLikelihood(shape, patterns);
    }

    /// <summary>
    /// Leaves on the device what its reductions read: who answered an item, by node, in the rows of first categories, and node totals.
    /// </summary>
    /// <param name="nodeCount">All nodes.</param>
    public void SpreadTotals(int nodeCount)
    {
        TileShape shape = launcher.Shape(default, 0, 0, nodeCount);
        spreadTotals(plan.Tables.Count * plan.ItemCount * nodeCount, shape, plan.Blocks.Count, launcher.Layout, ViewsOf(shape), launcher.Counts);
        addSets(plan.Blocks.Count * nodeCount, shape, ViewsOf(shape), launcher.Totals);
        buffers.CountLaunch(2);
    }

    /// <summary>Downloads the node totals of a node tile and adds them to the counts.</summary>
    /// <param name="firstNode">First node.</param>
    /// <param name="nodeCount">Nodes of the tile, with padding.</param>
    /// <param name="counts">Added to: node totals of blocks, first categories of items.</param>
    public void DownloadTotals(int firstNode, int nodeCount, WeightedScoreExpectation counts)
    {
        double[] totals = new double[(long)plan.Blocks.Count * sets.IsAnswered.Count * nodeCount];
        buffers.Download(views.Totals, totals);
        int length = Math.Min(nodeCount, plan.NodeCount - firstNode);
        foreach (PlannedBlock block in plan.Blocks)
        {
            for (int set = 0; set < sets.IsAnswered.Count; set++)
            {
                ReadOnlySpan<double> from = totals.AsSpan((block.Index * sets.IsAnswered.Count + set) * nodeCount, length);
                Span<double> sum = counts.NodeTotals[block.Index].AsSpan(firstNode, length);
                TensorPrimitives.Add(sum, from, sum);
                for (int item = 0; item < plan.ItemCount; item++)
                {
                    if (sets.IsAnswered[set][item])
                        counts.AddAnswered(block.Table, item, from, firstNode);
                }
            }
        }
    }

    /// <summary>Adds slices and downloads the moments by response.</summary>
    /// <returns>[table][row, 1 + attribute]</returns>
    public double[][] DownloadMoments()
    {
        int length = plan.RowCount * memory.Size.MomentCount;
        double[] all = new double[(long)plan.Tables.Count * length];
        launcher.AddSlices(moments, all.Length, memory.SliceCount);
        buffers.Download(moments, all);
        return [.. Enumerable.Range(0, plan.Tables.Count).Select(table => all.AsSpan(table * length, length).ToArray())];
    }

    private static int ChunksPerClass(TileShape shape) => (shape.NodeCount + MemoryPlan.ChunkLength - 1) / MemoryPlan.ChunkLength;

    /// <summary>The tile with chunks that do not span classes.</summary>
    private static TileShape ByClass(TileShape shape) => shape with { ChunkCount = shape.ClassCount * ChunksPerClass(shape) };

    private WeightedScoreViews ViewsOf(TileShape shape) => views with { ChunksPerClass = ChunksPerClass(shape) };

    private void FillRowScores(int table, PlannedItem item, ItemParameterSet set, double[] slots)
    {
        ItemModelOperations operations = item.Family.Operations;
        Span<double> shape = slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount);
        for (int category = 1; category < item.CategoryCount; category++) // the first category's predictor is 0 whatever its score
        {
            Span<double> row = hostRowScores.AsSpan(
                (table * plan.RowCount + item.FirstRow + category) * memory.Size.ScoreStride, memory.Size.ScoreStride);
            double score = operations.Score(category, item.CategoryCount, shape, item.Scores);
            row[0] = shape[category - 1];
            for (int loading = 0; loading < set.SlopeCount; loading++)
                row[1 + item.Attributes[loading]] = score * slots[set.FirstSlot + loading];
        }
    }
}
