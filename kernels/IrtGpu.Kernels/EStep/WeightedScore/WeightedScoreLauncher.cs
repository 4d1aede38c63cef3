using System.Numerics.Tensors;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>The E-step through weighted scores: holds what it needs beside tables and patterns, and launches five kernels a run of patterns.</summary>
/// <remarks>A run has as many patterns of one observed group as its memory allows, whatever items they answered.</remarks>
internal sealed class WeightedScoreLauncher
{
    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly EStepLauncher launcher;
    private readonly PatternStore store;
    private readonly AnsweredSets sets;
    private readonly IReadOnlyList<TileRun> runs;
    private readonly ScoreSegments segments;
    private readonly WeightedScoreViews views;
    private readonly NormalizerViews normalizers; // of a run; of all patterns where nodes are tiled
    private readonly double[] hostRowScores; // [point, table, row, score column]
    private readonly ScoreKernelSet kernels;

    /// <summary>Compiles the kernels and allocates.</summary>
    /// <param name="plan">A plan of exponential-family items.</param>
    /// <param name="memory">Planned with as many sets.</param>
    /// <param name="buffers">Owns the memory.</param>
    /// <param name="launcher">Holds item tables and receives what is counted.</param>
    /// <param name="store">Patterns, sorted by the sets.</param>
    /// <param name="sets">Sets of answered items.</param>
    /// <param name="theta">Nodes. [point where nodes move, node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    /// <param name="capacity">Model points side by side.</param>
    public WeightedScoreLauncher(
        CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher, PatternStore store, AnsweredSets sets,
        ArrayView<double> theta, long thetaStride, int capacity = 1)
    {
        (this.plan, this.memory, this.buffers, this.launcher, this.store, this.sets) = (plan, memory, buffers, launcher, store, sets);
        kernels = ScoreKernelSet.Load(buffers.Accelerator, plan.AttributeCount);
        runs = store.CutRuns(memory.PatternsOfRun);
        ProblemSize size = memory.Size;
        int[] setOfPosition = ScoreSegments.SetOfPosition(store.Order, sets);
        segments = new ScoreSegments(runs, size.GroupCount, size.AnsweredSetCount, setOfPosition, memory.SegmentLength);
        long blockSets = (long)capacity * size.BlockCount * size.AnsweredSetCount;
        long patternsByClass = (long)capacity * memory.PatternsOfRun * size.ClassCount;
        hostRowScores = new double[(long)capacity * size.TableCount * size.RowCount * size.MomentCount];
        views = new WeightedScoreViews
        {
            AttributeCount = size.AttributeCount,
            ItemCount = size.ItemCount,
            SetCount = size.AnsweredSetCount,
            ChunkLength = memory.ScoreChunkLength,
            ShareCount = segments.ShareCount,
            ThetaStride = thetaStride,
            ThetaOfPoint = plan.Grid.Moves ? plan.NodeSetCount * thetaStride : 0,
            IsAnswered = Put([.. sets.IsAnswered.SelectMany(set => set.Select(isAnswered => isAnswered ? 1 : 0))]),
            NodeSetOfBlock = Put([.. plan.Blocks.Select(block => plan.Tables[block.Table].NodeSet)]),
            SetOfPattern = Put(setOfPosition),
            Segments = Put(segments.All),
            FirstShare = Put(segments.FirstShare),
            Theta = theta,
            RowScores = buffers.Allocate<double>(hostRowScores.Length),
            LogPrior = buffers.Allocate<double>(blockSets * memory.NodeTileWidth),
            Scores = buffers.Allocate<double>(patternsByClass * size.MomentCount),
            ChunkMoments = buffers.Allocate<double>(patternsByClass * memory.ScoreChunkCount * size.AttributeCount),
            Shift = buffers.Allocate<double>(patternsByClass),
            Weight = buffers.Allocate<double>((long)capacity * memory.PatternsOfRun),
            Moments = buffers.Allocate<double>(patternsByClass * size.MomentCount),
            ShareTotals = buffers.Allocate<double>((long)capacity * segments.ShareCount * size.ClassCount * memory.NodeTileWidth),
            Totals = buffers.Allocate<double>(blockSets * memory.NodeTileWidth),
            ByResponse = buffers.Allocate<double>((long)capacity * memory.SliceCount * size.TableCount * size.RowCount * size.MomentCount),
        };
        normalizers = new NormalizerViews
        {
            ChunkLargest = buffers.Allocate<double>(patternsByClass * memory.ScoreChunkCount),
            ChunkSum = buffers.Allocate<double>(patternsByClass * memory.ScoreChunkCount),
            Largest = NormalizersOf(launcher.Normalizers.Largest, capacity),
            Sum = NormalizersOf(launcher.Normalizers.Sum, capacity),
            LogLikelihood = NormalizersOf(launcher.Normalizers.LogLikelihood, capacity),
        };
    }

    /// <summary>Uploads intercept and scores of every category and forgets moments.</summary>
    /// <param name="slotsOfPoint">All parameters of each point. [point][slot]</param>
    public void Begin(params IReadOnlyList<double[]> slotsOfPoint)
    {
        int rows = plan.Tables.Count * plan.RowCount;
        for (int point = 0; point < slotsOfPoint.Count; point++)
        {
            for (int table = 0; table < plan.Tables.Count; table++)
            {
                for (int item = 0; item < plan.ItemCount; item++)
                {
                    if (plan.Tables[table].SetOfItem[item] is >= 0 and int set)
                        FillRowScores(point * rows + table * plan.RowCount + plan.Items[item].FirstRow, plan.Items[item], plan.ParameterSets[set], slotsOfPoint[point]);
                }
            }
        }
        buffers.Upload(views.RowScores, hostRowScores[..(slotsOfPoint.Count * rows * memory.Size.MomentCount)]);
        views.ByResponse.MemSetToZero(buffers.Accelerator.DefaultStream);
    }

    /// <summary>First pass where nodes are tiled: largest terms and sums of all patterns.</summary>
    /// <param name="firstNode">First node of the tile.</param>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="logWeight">log τ + log π. [block, node]</param>
    public void MergeNodeTile(int firstNode, int nodeCount, ArrayView<double> logWeight)
    {
        FillLogPrior(firstNode, nodeCount, logWeight, 1);
        for (int run = 0; run < runs.Count; run++)
        {
            PatternViews patterns = SumTerms(run, firstNode, nodeCount, 1, out TileShape shape, out _);
            launcher.MergeTerms(shape, isFirst: firstNode == 0, normalizers);
            store.PrefetchAfter(runs[run].LastTile);
        }
    }

    /// <summary>Node totals of a node tile, moments by response and log-likelihoods.</summary>
    /// <param name="firstNode">First node of the tile.</param>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="logWeight">log τ + log π. [point, block, node]</param>
    /// <param name="pointCount">Model points; nodes in one tile where there are several.</param>
    public void Count(int firstNode, int nodeCount, ArrayView<double> logWeight, int pointCount = 1)
    {
        launcher.ClearLogLikelihood();
        FillLogPrior(firstNode, nodeCount, logWeight, pointCount);
        views.ShareTotals.MemSetToZero(buffers.Accelerator.DefaultStream);
        for (int run = 0; run < runs.Count; run++)
        {
            PatternViews patterns = SumTerms(run, firstNode, nodeCount, pointCount, out TileShape shape, out WeightedScoreViews own);
            kernels.FinishPatterns(pointCount * shape.PatternCount, shape, memory.NodeTileCount == 1 ? 1 : 0, patterns, normalizers, own);
            kernels.AddToShares(pointCount * shape.ClassCount * own.SegmentCount * (nodeCount / MemoryPlan.NodeMultiple), shape, own);
            kernels.AddResponses(
                pointCount * shape.SliceCount * ((memory.Size.MomentCount + 1) / 2) * patterns.WordCount, shape, pointCount * plan.Tables.Count, patterns, launcher.Layout, own);
            buffers.CountLaunch(3);
            launcher.CollectLogLikelihood(shape, patterns, normalizers);
            store.PrefetchAfter(runs[run].LastTile);
        }
        AddShares(firstNode, nodeCount, pointCount);
    }

    /// <summary>
    /// Leaves on the device what its reductions read: who answered an item, by node, in the rows of first categories, and node totals.
    /// </summary>
    /// <param name="nodeCount">All nodes.</param>
    /// <param name="pointCount">Model points.</param>
    public void SpreadTotals(int nodeCount, int pointCount)
    {
        TileShape shape = launcher.Shape(default, 0, 0, nodeCount, pointCount);
        int tables = pointCount * plan.Tables.Count;
        kernels.SpreadTotals(
            (tables * plan.ItemCount + pointCount * plan.Blocks.Count) * nodeCount, shape, tables, launcher.Layout, views, launcher.Counts, launcher.Totals);
        buffers.CountLaunch();
    }

    /// <summary>Downloads the node totals of a node tile and adds them to the counts.</summary>
    /// <param name="firstNode">First node.</param>
    /// <param name="nodeCount">Nodes of the tile, with padding.</param>
    /// <param name="counts">Added to: node totals of blocks, first categories of items.</param>
    /// <param name="position">Which of the points.</param>
    public void DownloadTotals(int firstNode, int nodeCount, WeightedScoreExpectation counts, int position = 0)
    {
        long ofPoint = (long)plan.Blocks.Count * sets.IsAnswered.Count * nodeCount;
        double[] totals = new double[ofPoint];
        buffers.Download(views.Totals.SubView(position * ofPoint, ofPoint), totals);
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

    /// <summary>Moments by response of a point. [point, table, row, 1 + attribute]</summary>
    public int MomentLength => plan.Tables.Count * plan.RowCount * memory.Size.MomentCount;

    /// <summary>Adds the slices of the moments by response.</summary>
    /// <param name="pointCount">Model points.</param>
    /// <returns>On the device. [point, table, row, 1 + attribute]</returns>
    public ArrayView<double> AddMoments(int pointCount = 1)
    {
        launcher.AddSlices(views.ByResponse, pointCount * MomentLength, memory.SliceCount);
        return views.ByResponse.SubView(0, pointCount * MomentLength);
    }

    /// <summary>Adds slices and downloads the moments by response of the only point.</summary>
    /// <returns>[table][row, 1 + attribute]</returns>
    public double[][] DownloadMoments()
    {
        double[] all = new double[MomentLength];
        buffers.Download(AddMoments(), all);
        return ByTable(all);
    }

    /// <summary>Cuts the moments of a point by table.</summary>
    /// <param name="moments">[table, row, 1 + attribute]</param>
    public double[][] ByTable(ReadOnlySpan<double> moments)
    {
        double[][] byTable = new double[plan.Tables.Count][];
        int length = plan.RowCount * memory.Size.MomentCount;
        for (int table = 0; table < byTable.Length; table++)
            byTable[table] = moments.Slice(table * length, length).ToArray();
        return byTable;
    }

    private void FillLogPrior(int firstNode, int nodeCount, ArrayView<double> logWeight, int pointCount)
    {
        TileShape shape = launcher.Shape(default, 0, firstNode, nodeCount, pointCount);
        kernels.FillLogPrior(
            pointCount * plan.Blocks.Count * sets.IsAnswered.Count * nodeCount, shape, launcher.Layout, views, launcher.LogProbability, logWeight);
        buffers.CountLaunch();
    }

    private PatternViews SumTerms(int index, int firstNode, int nodeCount, int pointCount, out TileShape shape, out WeightedScoreViews own)
    {
        PatternTile run = runs[index].Patterns;
        PatternViews patterns = store.Acquire(runs[index].FirstTile, out int first);
        int sliceLength = (memory.PatternsOfRun + memory.SliceCount - 1) / memory.SliceCount;
        int chunksPerClass = (nodeCount + memory.ScoreChunkLength - 1) / memory.ScoreChunkLength;
        shape = launcher.Shape(run, first, firstNode, nodeCount, pointCount) with
        {
            PatternStride = memory.PatternsOfRun,
            NormalizerStride = memory.NodeTileCount > 1 ? checked((int)memory.Size.PatternCount) : memory.PatternsOfRun,
            ChunkCount = plan.ClassCount * chunksPerClass,
            SliceLength = sliceLength,
            SliceCount = (run.Count + sliceLength - 1) / sliceLength,
        };
        own = views with
        {
            ChunksPerClass = chunksPerClass,
            FirstPosition = run.First,
            FirstSegment = segments.FirstOfRun[index],
            SegmentCount = segments.FirstOfRun[index + 1] - segments.FirstOfRun[index],
        };
        kernels.SumTerms(pointCount * shape.ChunkCount * shape.PatternCount, shape, patterns, launcher.Layout, own, normalizers);
        buffers.CountLaunch();
        return patterns;
    }

    private void AddShares(int firstNode, int nodeCount, int pointCount)
    {
        int threads = Math.Min(EStepKernels.SliceThreads, buffers.Accelerator.MaxNumThreadsPerGroup);
        int lanes = Math.Min(Math.Min(SliceSum.MostLanes, threads), segments.MostShares);
        int cellsOfGroup = threads / lanes;
        int cells = pointCount * plan.Blocks.Count * sets.IsAnswered.Count * nodeCount;
        kernels.AddShares(((cells + cellsOfGroup - 1) / cellsOfGroup, cellsOfGroup * lanes), lanes, cells, launcher.Shape(default, 0, firstNode, nodeCount, pointCount), views);
        buffers.CountLaunch();
    }

    private ArrayView<double> NormalizersOf(ArrayView<double> ofTiles, int capacity) =>
        memory.NodeTileCount > 1 ? ofTiles : buffers.Allocate<double>((long)capacity * memory.PatternsOfRun);

    private ArrayView<T> Put<T>(T[] values)
        where T : unmanaged
    {
        ArrayView<T> view = buffers.Allocate<T>(values.Length);
        buffers.Upload(view, values);
        return view;
    }

    private void FillRowScores(int firstRow, PlannedItem item, ItemParameterSet set, double[] slots)
    {
        ItemModelOperations operations = item.Family.Operations;
        Span<double> shape = slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount);
        for (int category = 1; category < item.CategoryCount; category++) // the first category's predictor is 0 whatever its score
        {
            Span<double> row = hostRowScores.AsSpan((firstRow + category) * memory.Size.MomentCount, memory.Size.MomentCount);
            double score = operations.Score(category, item.CategoryCount, shape, item.Scores);
            row[0] = shape[category - 1];
            for (int loading = 0; loading < set.SlopeCount; loading++)
                row[1 + item.Attributes[loading]] = score * slots[set.FirstSlot + loading];
        }
    }
}
