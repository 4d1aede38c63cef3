using ILGPU;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Items;

/// <summary>Values, gradients and Hessians of all items from the counts on the device: two launches a table and item model.</summary>
internal sealed class DeviceItemDerivatives
{
    private const int ShortestChunk = 16; // nodes

    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly DeviceItemTables tables;
    private readonly List<Reduction> reductions = [];
    private readonly ArrayView<double> scratch; // [element, thread]

    /// <summary>Compiles the kernels and allocates sums.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the problem is cut; nodes in one tile.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="tables">Parameters on the device.</param>
    /// <param name="capacity">Model points that can be reduced side by side.</param>
    public DeviceItemDerivatives(CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, DeviceItemTables tables, int capacity = 1)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.tables = tables;
        long scratchLength = 0;
        foreach (DeviceItemTables.Part part in tables.Parts)
        {
            Reduction reduction = Create(part, memory, capacity);
            reductions.Add(reduction);
            scratchLength = Math.Max(scratchLength, (long)capacity * reduction.Shape.ItemCount * reduction.Shape.ChunkCount * reduction.Shape.ScratchLength);
        }
        scratch = buffers.Allocate<double>(scratchLength);
    }

    /// <summary>Reduces the counts of model points.</summary>
    /// <param name="evaluations">What is asked of each point; null: nothing. All want derivatives, or none does. [point]</param>
    /// <param name="theta">Nodes. [point where nodes move, node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    /// <param name="counts">Expected counts, slices added. [point, table, row, node]</param>
    public void Compute(IReadOnlyList<ItemEvaluation?> evaluations, ArrayView<double> theta, long thetaStride, ArrayView<double> counts)
    {
        bool withDerivatives = evaluations.Any(evaluation => evaluation is { WithDerivatives: true });
        tables.UploadParameters([.. evaluations.Select(evaluation => evaluation?.Slots)]);
        foreach (Reduction reduction in reductions)
        {
            DerivativeShape shape = reduction.Shape with
            {
                ItemCount = evaluations.Count * reduction.Shape.ItemCount,
                WithDerivatives = withDerivatives ? 1 : 0,
            };
            long tableLength = (long)plan.RowCount * shape.NodeCount;
            reduction.SumNodes(
                shape.ItemCount * shape.ChunkCount, shape, reduction.Part.Launcher.Items,
                DeviceItemTables.NodesFrom(theta, plan.Tables[reduction.Part.Table].NodeSet * thetaStride),
                counts.SubView(reduction.Part.Table * tableLength, counts.Length - reduction.Part.Table * tableLength), scratch);
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
            for (int index = 0; index < itemCount; index++)
            {
                if (evaluations[index / reduction.Shape.ItemCount] is { } evaluation)
                    Add(reduction, index, itemCount, sums, withDerivatives, evaluation);
            }
        }
    }

    private Reduction Create(DeviceItemTables.Part part, MemoryPlan memory, int capacity)
    {
        ItemBlock block = part.Block;
        int parameters = block.AttributeCount + block.MaxShape;
        int local = 1 + block.MaxShape;
        int sumCount = 1 + parameters + PackedTriangle.Length(parameters);
        int scratchLength = sumCount + block.MaxCategories + local + PackedTriangle.Length(local);
        int nodeCount = memory.Size.PaddedNodeCount;
        int itemCount = part.Sets.Length; // of a point: how nodes are cut does not depend on the number of points
        long affordable = memory.ReductionBytes / (sizeof(double) * (long)itemCount * scratchLength);
        int chunks = (int)Math.Clamp(affordable, 1, (nodeCount + ShortestChunk - 1) / ShortestChunk);
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
            part, shape, buffers.Allocate<double>((long)capacity * itemCount * sumCount), part.Launcher.LoadSumNodes(),
            buffers.Accelerator.LoadIndexed<DerivativeShape, ArrayView<double>, ArrayView<double>>(ItemDerivativeKernels.AddChunks));
    }

    /// <summary>Adds one item of one table to its parameter set, loadings for attributes.</summary>
    private void Add(Reduction reduction, int index, int itemCount, double[] sums, bool withDerivatives, ItemEvaluation result)
    {
        int setIndex = reduction.Part.Sets[index % reduction.Shape.ItemCount];
        ItemParameterSet set = plan.ParameterSets[setIndex];
        result.Value[setIndex] += sums[index];
        if (!withDerivatives)
            return;
        int attributeCount = plan.AttributeCount;
        int[] attributes = plan.Items[set.Item].Attributes;
        int firstHessian = 1 + attributeCount + set.ShapeCount;
        int Position(int slot) => slot < set.SlopeCount ? attributes[slot] : attributeCount + slot - set.SlopeCount;
        for (int r = 0; r < set.SlotCount; r++)
        {
            int row = Position(r);
            result.Gradient[setIndex][r] += sums[(1 + row) * itemCount + index];
            for (int c = 0; c <= r; c++)
                result.Hessian[setIndex][r * set.SlotCount + c] += sums[(firstHessian + PackedTriangle.Index(row, Position(c))) * itemCount + index];
        }
    }

    private sealed record Reduction(
        DeviceItemTables.Part Part, DerivativeShape Shape, ArrayView<double> Sums, // [sum, item]
        Action<Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> SumNodes,
        Action<Index1D, DerivativeShape, ArrayView<double>, ArrayView<double>> AddChunks);
}
