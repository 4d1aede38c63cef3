using ILGPU;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Items;

/// <summary>Items of one model that are asked about in one launch, and where their counts lie.</summary>
/// <param name="Sets">Parameter set of each item of one model point.</param>
/// <param name="Block">Their parameters on the host, point after point.</param>
/// <param name="Launcher">Their parameters on the device.</param>
/// <param name="NodeCount">Nodes of an item.</param>
/// <param name="Columns">Coordinate of a node that each loading multiplies. [item][loading]</param>
/// <param name="Theta">Nodes. [point where nodes move, node, coordinate]</param>
/// <param name="Counts">Expected counts, slices added. [point, table, row, node]</param>
internal sealed record ItemCountSource(
    int[] Sets, ItemBlock Block, IItemTableLauncher Launcher, int NodeCount, int[][] Columns, ArrayView<double> Theta, ArrayView<double> Counts);

/// <summary>Values, gradients and Hessians of all items from the counts on the device: two launches a source, three where nodes are many, and one copy.</summary>
internal sealed class DeviceItemDerivatives
{
    private const int ShortestChunk = 4; // nodes: what a thread does at one takes longer than adding up
    private const int MostChunksOfLane = 32;

    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly Action<IReadOnlyList<double[]?>> upload;
    private readonly List<Reduction> reductions = [];
    private readonly ArrayView<double> scratch; // [element, thread]
    private readonly ArrayView<double> lanes; // [sum, lane, item]
    private readonly ArrayView<double> sums; // of one reduction after the other [sum, item]
    private readonly Action<Index1D, int, int, int, ArrayView<double>, ArrayView<double>> addChunks;

    /// <summary>Compiles the kernels and allocates sums.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="sources">The items.</param>
    /// <param name="affordable">Most bytes of partial sums.</param>
    /// <param name="upload">Uploads parameters of the sources: all slots of each point; null: as they were. [point][slot]</param>
    /// <param name="capacity">Model points that can be reduced side by side.</param>
    public DeviceItemDerivatives(
        CalibrationPlan plan, DeviceBuffers buffers, IEnumerable<ItemCountSource> sources, long affordable, Action<IReadOnlyList<double[]?>> upload, int capacity = 1)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.upload = upload;
        addChunks = buffers.Accelerator.LoadIndexed<int, int, int, ArrayView<double>, ArrayView<double>>(ItemDerivativeKernels.AddChunks);
        long scratchLength = 0, laneLength = 0, sumLength = 0;
        foreach (ItemCountSource source in sources)
        {
            Reduction reduction = Create(source, affordable);
            reductions.Add(reduction);
            long items = (long)capacity * reduction.Shape.ItemCount;
            scratchLength = Math.Max(scratchLength, items * reduction.Shape.ChunkCount * reduction.Shape.ScratchLength);
            if (reduction.LaneCount > 1)
                laneLength = Math.Max(laneLength, items * reduction.LaneCount * reduction.Shape.SumCount);
            sumLength += items * reduction.Shape.SumCount;
        }
        scratch = buffers.Allocate<double>(scratchLength);
        lanes = buffers.Allocate<double>(laneLength);
        sums = buffers.Allocate<double>(sumLength);
    }

    /// <summary>Reduces the counts of model points.</summary>
    /// <param name="evaluations">What is asked of each point; null: nothing. All want derivatives, or none does. [point]</param>
    public void Compute(IReadOnlyList<ItemEvaluation?> evaluations)
    {
        bool withDerivatives = evaluations.Any(evaluation => evaluation is { WithDerivatives: true });
        upload([.. evaluations.Select(evaluation => evaluation?.Slots)]);
        int end = 0;
        foreach (Reduction reduction in reductions)
        {
            DerivativeShape shape = reduction.Shape with
            {
                ItemCount = evaluations.Count * reduction.Shape.ItemCount,
                WithDerivatives = withDerivatives ? 1 : 0,
            };
            reduction.SumNodes(
                shape.ItemCount * shape.ChunkCount, shape, reduction.Source.Launcher.Items, reduction.Source.Theta, reduction.Source.Counts, scratch);
            int cells = shape.ItemCount * (withDerivatives ? shape.SumCount : 1);
            ArrayView<double> own = sums.SubView(end, cells);
            if (reduction.LaneCount > 1)
            {
                addChunks(reduction.LaneCount * cells, shape.ItemCount, shape.ChunkCount, reduction.LaneCount, scratch, lanes);
                addChunks(cells, shape.ItemCount, reduction.LaneCount, 1, lanes, own);
                buffers.CountLaunch();
            }
            else
            {
                addChunks(cells, shape.ItemCount, shape.ChunkCount, 1, scratch, own);
            }
            buffers.CountLaunch(2);
            end += cells;
        }
        double[] all = new double[end];
        buffers.Download(sums, all);
        foreach (ItemEvaluation? evaluation in evaluations)
            evaluation?.ClearAnswer();
        int first = 0;
        foreach (Reduction reduction in reductions)
        {
            int itemCount = evaluations.Count * reduction.Shape.ItemCount;
            ReadOnlySpan<double> own = all.AsSpan(first, itemCount * (withDerivatives ? reduction.Shape.SumCount : 1));
            for (int index = 0; index < itemCount; index++)
            {
                if (evaluations[index / reduction.Shape.ItemCount] is not { } evaluation)
                    continue;
                ItemCountSource source = reduction.Source;
                int item = index % source.Sets.Length;
                ItemSumReader.Add(plan, source.Sets[item], source.Columns[item], source.Block.AttributeCount, own[index..], itemCount, withDerivatives, evaluation);
            }
            first += own.Length;
        }
    }

    private static Reduction Create(ItemCountSource source, long affordable)
    {
        ItemBlock block = source.Block;
        int parameters = block.AttributeCount + block.MaxShape;
        int local = 1 + block.MaxShape;
        int sumCount = 1 + parameters + PackedTriangle.Length(parameters);
        int scratchLength = sumCount + block.MaxCategories + local + PackedTriangle.Length(local);
        int nodeCount = source.NodeCount;
        int itemCount = source.Sets.Length; // of a point: how nodes are cut does not depend on the number of points
        int chunks = (int)Math.Clamp(affordable / (sizeof(double) * (long)itemCount * scratchLength), 1, (nodeCount + ShortestChunk - 1) / ShortestChunk);
        int length = (nodeCount + chunks - 1) / chunks;
        DerivativeShape shape = new()
        {
            ItemCount = itemCount,
            ChunkCount = (nodeCount + length - 1) / length,
            ChunkLength = length,
            NodeCount = nodeCount,
            ScratchLength = scratchLength,
            SumCount = sumCount,
        };
        int laneCount = shape.ChunkCount > MostChunksOfLane ? (int)Math.Sqrt(shape.ChunkCount) : 1;
        return new Reduction(source, shape, laneCount, source.Launcher.LoadSumNodes());
    }

    private sealed record Reduction(
        ItemCountSource Source, DerivativeShape Shape, int LaneCount,
        Action<Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> SumNodes);
}
