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

/// <summary>Values, gradients and Hessians of all items from the counts on the device: two launches a source.</summary>
internal sealed class DeviceItemDerivatives
{
    private const int ShortestChunk = 16; // nodes

    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly Action<IReadOnlyList<double[]?>> upload;
    private readonly List<Reduction> reductions = [];
    private readonly ArrayView<double> scratch; // [element, thread]

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
        long scratchLength = 0;
        foreach (ItemCountSource source in sources)
        {
            Reduction reduction = Create(source, affordable, capacity);
            reductions.Add(reduction);
            scratchLength = Math.Max(scratchLength, (long)capacity * reduction.Shape.ItemCount * reduction.Shape.ChunkCount * reduction.Shape.ScratchLength);
        }
        scratch = buffers.Allocate<double>(scratchLength);
    }

    /// <summary>Reduces the counts of model points.</summary>
    /// <param name="evaluations">What is asked of each point; null: nothing. All want derivatives, or none does. [point]</param>
    public void Compute(IReadOnlyList<ItemEvaluation?> evaluations)
    {
        bool withDerivatives = evaluations.Any(evaluation => evaluation is { WithDerivatives: true });
        upload([.. evaluations.Select(evaluation => evaluation?.Slots)]);
        foreach (Reduction reduction in reductions)
        {
            DerivativeShape shape = reduction.Shape with
            {
                ItemCount = evaluations.Count * reduction.Shape.ItemCount,
                WithDerivatives = withDerivatives ? 1 : 0,
            };
            reduction.SumNodes(
                shape.ItemCount * shape.ChunkCount, shape, reduction.Source.Launcher.Items, reduction.Source.Theta, reduction.Source.Counts, scratch);
            reduction.AddChunks(shape.ItemCount * (withDerivatives ? shape.SumCount : 1), shape, scratch, reduction.Sums);
            buffers.CountLaunch(2);
        }
        foreach (ItemEvaluation? evaluation in evaluations)
            evaluation?.ClearAnswer();
        foreach (Reduction reduction in reductions)
        {
            int itemCount = evaluations.Count * reduction.Shape.ItemCount;
            double[] sums = new double[itemCount * (withDerivatives ? reduction.Shape.SumCount : 1)];
            buffers.Download(reduction.Sums, sums);
            for (int cell = 0; cell < itemCount; cell++)
            {
                int index = cell;
                if (evaluations[index / reduction.Shape.ItemCount] is { } evaluation)
                    ItemSumReader.Add(
                        plan, reduction.Source.Sets[index % reduction.Shape.ItemCount], reduction.Source.Columns[index % reduction.Shape.ItemCount],
                        reduction.Source.Block.AttributeCount, sum => sums[sum * itemCount + index], withDerivatives, evaluation);
            }
        }
    }

    private Reduction Create(ItemCountSource source, long affordable, int capacity)
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
        return new Reduction(
            source, shape, buffers.Allocate<double>((long)capacity * itemCount * sumCount), source.Launcher.LoadSumNodes(),
            buffers.Accelerator.LoadIndexed<DerivativeShape, ArrayView<double>, ArrayView<double>>(ItemDerivativeKernels.AddChunks));
    }

    private sealed record Reduction(
        ItemCountSource Source, DerivativeShape Shape, ArrayView<double> Sums, // [sum, item]
        Action<Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> SumNodes,
        Action<Index1D, DerivativeShape, ArrayView<double>, ArrayView<double>> AddChunks);
}
