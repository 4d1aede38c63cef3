using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep;

/// <summary>Holds the E-step's working buffers and launches <see cref="EStepKernels"/> tile by tile, all on the default stream.</summary>
internal sealed class EStepLauncher
{
    private const int LargestSumGroup = 64; // the most that scans on ILGPU's CPU accelerator take
    private const int LargestCudaSumGroup = 256;

    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly LayoutViews layout;
    private readonly int normalizerStride;
    private readonly Action<Index1D, TileShape, PatternViews, LayoutViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> joint;
    private readonly Action<Index1D, TileShape, ArrayView<double>, NormalizerViews> exponentiate;
    private readonly Action<Index1D, TileShape, int, NormalizerViews> merge;
    private readonly Action<Index1D, TileShape, NormalizerViews> normalize;
    private readonly Action<Index1D, TileShape, int, PatternViews, NormalizerViews, ArrayView<double>> scale;
    private readonly Action<Index1D, TileShape, int, int, int, PatternViews, LayoutViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> collect;
    private readonly Action<KernelConfig, TileShape, PatternViews, NormalizerViews, ArrayView<double>> sumLogLikelihood;
    private readonly SliceSum slices;

    /// <summary>Compiles the kernels and allocates what does not depend on the patterns.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the problem is cut.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="capacity">Model points that can be evaluated side by side.</param>
    public EStepLauncher(CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, int capacity = 1)
    {
        this.plan = plan;
        this.memory = memory;
        this.buffers = buffers;
        Accelerator accelerator = buffers.Accelerator;
        joint = accelerator.LoadIndexed<TileShape, PatternViews, LayoutViews, ArrayView<double>, ArrayView<double>, ArrayView<double>>(
            EStepKernels.JointLogLikelihood);
        exponentiate = accelerator.LoadIndexed<TileShape, ArrayView<double>, NormalizerViews>(EStepKernels.ExponentiateChunk);
        merge = accelerator.LoadIndexed<TileShape, int, NormalizerViews>(EStepKernels.MergeChunks);
        normalize = accelerator.LoadIndexed<TileShape, NormalizerViews>(EStepKernels.Normalize);
        scale = accelerator.LoadIndexed<TileShape, int, PatternViews, NormalizerViews, ArrayView<double>>(EStepKernels.Scale);
        collect = accelerator.LoadIndexed<TileShape, int, int, int, PatternViews, LayoutViews, ArrayView<double>, ArrayView<double>, ArrayView<double>>(EStepKernels.CollectCounts);
        sumLogLikelihood = accelerator.LoadGrouped<TileShape, PatternViews, NormalizerViews, ArrayView<double>>(EStepKernels.SumLogLikelihood);
        slices = new SliceSum(buffers);

        ProblemSize size = memory.Size;
        layout = UploadLayout(size.WordCount * MemoryPlan.ItemsPerWord, capacity);
        LogProbability = buffers.Allocate<double>((long)capacity * size.TableCount * size.RowCount * memory.NodeTileWidth);
        Counts = buffers.Allocate<double>((long)capacity * memory.CountSliceCount * size.TableCount * size.RowCount * memory.NodeTileWidth);
        Totals = buffers.Allocate<double>((long)capacity * memory.CountSliceCount * size.BlockCount * memory.NodeTileWidth);
        LogLikelihoods = buffers.Allocate<double>((long)capacity * memory.SliceCount);
        Posterior = buffers.Allocate<double>((long)capacity * memory.PatternTileCapacity * size.ClassCount * memory.NodeTileWidth);
        long chunkLength = (long)capacity * memory.ChunkCount * memory.PatternTileCapacity;
        normalizerStride = memory.NodeTileCount > 1 ? checked((int)size.PatternCount) : memory.PatternTileCapacity;
        long normalizerLength = (long)capacity * normalizerStride;
        Normalizers = new NormalizerViews
        {
            ChunkLargest = buffers.Allocate<double>(chunkLength),
            ChunkSum = buffers.Allocate<double>(chunkLength),
            Largest = buffers.Allocate<double>(normalizerLength),
            Sum = buffers.Allocate<double>(normalizerLength),
            LogLikelihood = buffers.Allocate<double>(normalizerLength),
        };
    }

    /// <summary>Item tables of the current node tile. [point, table, row, node]</summary>
    public ArrayView<double> LogProbability { get; }

    /// <summary>Expected counts, in the first slice all of them once slices are added. [slice][point, table, row, node]</summary>
    public ArrayView<double> Counts { get; }

    /// <summary>Expected number of persons by node, in the first slice all of them once slices are added. [slice][point, block, node]</summary>
    public ArrayView<double> Totals { get; }

    /// <summary>The current tile. [point, class, node, pattern]</summary>
    public ArrayView<double> Posterior { get; }

    /// <summary>Rows of items, tables of blocks.</summary>
    public LayoutViews Layout => layout;

    /// <summary>Sums of log-likelihoods. [slice][point]</summary>
    public ArrayView<double> LogLikelihoods { get; }

    /// <summary>Log-likelihoods among others.</summary>
    public NormalizerViews Normalizers { get; }

    /// <summary>The shape of a pattern tile at a node tile.</summary>
    /// <param name="tile">Patterns.</param>
    /// <param name="firstInViews">Where they begin in the pattern views.</param>
    /// <param name="firstNode">First node.</param>
    /// <param name="nodeCount">Nodes, a multiple of four.</param>
    /// <param name="pointCount">Model points side by side.</param>
    public TileShape Shape(PatternTile tile, int firstInViews, int firstNode, int nodeCount, int pointCount = 1) => new()
    {
        PatternCount = tile.Count,
        PatternStride = memory.PatternTileCapacity,
        FirstPattern = firstInViews,
        FirstNormalizer = memory.NodeTileCount > 1 ? tile.First : 0,
        NodeCount = nodeCount,
        FirstNode = firstNode,
        WeightStride = memory.Size.PaddedNodeCount,
        ClassCount = plan.ClassCount,
        PointCount = pointCount,
        FirstBlock = tile.Group * plan.ClassCount,
        BlockStride = plan.Blocks.Count,
        NormalizerStride = normalizerStride,
        ChunkCount = (plan.ClassCount * nodeCount + MemoryPlan.ChunkLength - 1) / MemoryPlan.ChunkLength,
        SliceLength = SliceLength,
        SliceCount = (tile.Count + SliceLength - 1) / SliceLength,
    };

    /// <summary>Forgets counts and log-likelihood.</summary>
    public void Clear()
    {
        Counts.MemSetToZero(buffers.Accelerator.DefaultStream);
        Totals.MemSetToZero(buffers.Accelerator.DefaultStream);
        ClearLogLikelihood();
    }

    /// <summary>Forgets the log-likelihood.</summary>
    public void ClearLogLikelihood() => LogLikelihoods.MemSetToZero(buffers.Accelerator.DefaultStream);

    /// <summary>Fills the tile with exp(ℓ − m of the chunk).</summary>
    public void ComputeTerms(TileShape tile, PatternViews patterns, ArrayView<double> logWeight)
    {
        ComputeJoint(tile, patterns, LogProbability, logWeight, Posterior);
        exponentiate(tile.PointCount * tile.ChunkCount * tile.PatternCount, tile, Posterior, Normalizers);
        buffers.CountLaunch();
    }

    /// <summary>Sums the rows of each pattern's responses.</summary>
    /// <param name="tile">The tile; a multiple of four nodes, or other columns.</param>
    /// <param name="patterns">Responses.</param>
    /// <param name="table">What is summed. [point, table, row, node]</param>
    /// <param name="weight">What sums begin with. [point, block, node]</param>
    /// <param name="sums">Receives them. [point, class, node, pattern]</param>
    public void ComputeJoint(TileShape tile, PatternViews patterns, ArrayView<double> table, ArrayView<double> weight, ArrayView<double> sums)
    {
        int quads = tile.PointCount * tile.ClassCount * tile.NodeCount / MemoryPlan.NodeMultiple;
        joint(quads * tile.PatternCount, tile, patterns, layout, table, weight, sums);
        buffers.CountLaunch();
    }

    /// <summary>Merges the tile's chunks into each pattern's largest term and sum.</summary>
    public void MergeTerms(TileShape tile, bool isFirst) => MergeTerms(tile, isFirst, Normalizers);

    /// <summary>Merges chunks that stand elsewhere.</summary>
    public void MergeTerms(TileShape tile, bool isFirst, NormalizerViews normalizers)
    {
        merge(tile.PointCount * tile.PatternCount, tile, isFirst ? 1 : 0, normalizers);
        buffers.CountLaunch();
    }

    /// <summary>Turns terms into posteriors, and yields log-likelihoods.</summary>
    public void NormalizeTerms(TileShape tile, PatternViews patterns, bool withFrequency)
    {
        Normalize(tile, Normalizers);
        scale(tile.PointCount * tile.ClassCount * tile.NodeCount * tile.PatternCount, tile, withFrequency ? 1 : 0, patterns, Normalizers, Posterior);
        buffers.CountLaunch();
    }

    /// <summary>Turns the chunks' sums into factors, and yields log-likelihoods.</summary>
    public void Normalize(TileShape tile, NormalizerViews normalizers)
    {
        normalize(tile.PointCount * tile.PatternCount, tile, normalizers);
        buffers.CountLaunch();
    }

    /// <summary>Adds the tile's weighted posteriors to the counts.</summary>
    public void CollectCounts(TileShape tile, PatternViews patterns) => CollectCounts(tile, patterns, Posterior, Counts, Totals);

    /// <summary>Adds columns of a tile to sums by response.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="patterns">Responses.</param>
    /// <param name="values">Columns. [class, node, pattern]</param>
    /// <param name="byResponse">Added to. [slice, table, row, node]</param>
    /// <param name="byBlock">Added to. [slice, block, node]</param>
    public void CollectCounts(TileShape tile, PatternViews patterns, ArrayView<double> values, ArrayView<double> byResponse, ArrayView<double> byBlock)
    {
        for (int k = 0; k < tile.ClassCount; k++)
        {
            collect(
                tile.PointCount * tile.SliceCount * tile.NodeCount * patterns.WordCount, tile, k, tile.PointCount * plan.Tables.Count,
                tile.PointCount * plan.Blocks.Count, patterns, layout, values, byResponse, byBlock);
        }
        buffers.CountLaunch(tile.ClassCount);
    }

    /// <summary>Adds the tile's log-likelihoods.</summary>
    public void CollectLogLikelihood(TileShape tile, PatternViews patterns) => CollectLogLikelihood(tile, patterns, Normalizers);

    /// <summary>Adds log-likelihoods that stand elsewhere.</summary>
    public void CollectLogLikelihood(TileShape tile, PatternViews patterns, NormalizerViews normalizers)
    {
        sumLogLikelihood((tile.PointCount * tile.SliceCount, SumGroup), tile, patterns, normalizers, LogLikelihoods);
        buffers.CountLaunch();
    }

    /// <summary>Threads of a group that adds log-likelihoods.</summary>
    public int SumGroup => buffers.Accelerator.AcceleratorType == AcceleratorType.Cuda
        ? LargestCudaSumGroup
        : Math.Min(LargestSumGroup, buffers.Accelerator.MaxNumThreadsPerGroup);

    /// <summary>Adds the slices of counts and node totals.</summary>
    /// <param name="nodeCount">Nodes of the tile, a multiple of four.</param>
    /// <param name="pointCount">Model points.</param>
    public void AddCountSlices(int nodeCount, int pointCount = 1)
    {
        AddSlices(Counts, pointCount * plan.Tables.Count * plan.RowCount * nodeCount, memory.CountSliceCount);
        AddSlices(Totals, pointCount * plan.Blocks.Count * nodeCount, memory.CountSliceCount);
    }

    /// <summary>Downloads node totals whose slices are added.</summary>
    /// <param name="nodeCount">Nodes of the tile, a multiple of four.</param>
    /// <param name="pointCount">Model points.</param>
    /// <returns>[point, block, node]</returns>
    public double[] DownloadTotals(int nodeCount, int pointCount = 1)
    {
        double[] all = new double[(long)pointCount * plan.Blocks.Count * nodeCount];
        buffers.Download(Totals, all);
        return all;
    }

    /// <summary>Downloads the counts of a node tile, whose slices are added, to their columns, padding left out.</summary>
    /// <param name="firstNode">First node of the tile.</param>
    /// <param name="nodeCount">Nodes of the tile, a multiple of four.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="position">Which of the points.</param>
    /// <param name="pointCount">Model points.</param>
    public void DownloadCounts(int firstNode, int nodeCount, TableExpectation target, int position = 0, int pointCount = 1)
    {
        double[] totals = DownloadTotals(nodeCount, pointCount);
        double[] counts = new double[(long)pointCount * plan.Tables.Count * plan.RowCount * nodeCount];
        buffers.Download(Counts, counts);
        int length = Math.Min(nodeCount, plan.NodeCount - firstNode);
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            long firstRow = ((long)position * plan.Tables.Count + table) * plan.RowCount;
            for (int row = 0; row < plan.RowCount; row++)
                Array.Copy(counts, (firstRow + row) * nodeCount, target.AtNodes[table], (long)row * plan.NodeCount + firstNode, length);
        }
        for (int block = 0; block < plan.Blocks.Count; block++)
            Array.Copy(totals, ((long)position * plan.Blocks.Count + block) * nodeCount, target.NodeTotals[block], firstNode, length);
    }

    /// <summary>Adds the slices of the log-likelihoods.</summary>
    /// <param name="pointCount">Model points.</param>
    /// <returns>On the device. [point]</returns>
    public ArrayView<double> AddLogLikelihoods(int pointCount = 1)
    {
        AddSlices(LogLikelihoods, pointCount, memory.SliceCount);
        return LogLikelihoods.SubView(0, pointCount);
    }

    /// <summary>Adds slices and downloads the log-likelihood of the only point.</summary>
    public double DownloadLogLikelihood()
    {
        double[] sum = new double[1];
        buffers.Download(AddLogLikelihoods(), sum);
        return sum[0];
    }

    private int SliceLength => (memory.PatternTileCapacity + memory.SliceCount - 1) / memory.SliceCount;

    /// <summary>Adds slices to the first.</summary>
    /// <param name="values">[slice, cell]</param>
    /// <param name="stride">Cells of a slice.</param>
    /// <param name="sliceCount">Number of slices.</param>
    public void AddSlices(ArrayView<double> values, int stride, int sliceCount) => slices.Add(values, stride, sliceCount);

    private LayoutViews UploadLayout(int paddedItemCount, int capacity)
    {
        int[] firstRow = new int[paddedItemCount];
        int[] categoryCount = new int[paddedItemCount];
        for (int item = 0; item < plan.ItemCount; item++)
        {
            firstRow[item] = plan.Items[item].FirstRow;
            categoryCount[item] = plan.Items[item].CategoryCount;
        }
        LayoutViews views = new()
        {
            RowCount = plan.RowCount,
            FirstRow = buffers.Allocate<int>(paddedItemCount),
            CategoryCount = buffers.Allocate<int>(paddedItemCount),
            TableOfBlock = buffers.Allocate<int>((long)capacity * plan.Blocks.Count),
        };
        buffers.Upload(views.FirstRow, firstRow);
        buffers.Upload(views.CategoryCount, categoryCount);
        buffers.Upload(
            views.TableOfBlock,
            [.. Enumerable.Range(0, capacity).SelectMany(point => plan.Blocks.Select(block => point * plan.Tables.Count + block.Table))]);
        return views;
    }
}
