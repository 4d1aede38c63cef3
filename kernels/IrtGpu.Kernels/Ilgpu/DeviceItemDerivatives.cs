using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels;

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
    public DeviceItemDerivatives(CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, DeviceItemTables tables)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.tables = tables;
        long scratchLength = 0;
        foreach (DeviceItemTables.Part part in tables.Parts)
        {
            Reduction reduction = Create(part, memory);
            reductions.Add(reduction);
            scratchLength = Math.Max(scratchLength, (long)reduction.Shape.ItemCount * reduction.Shape.ChunkCount * reduction.Shape.ScratchLength);
        }
        scratch = buffers.Allocate<double>(scratchLength);
    }

    /// <summary>Reduces the counts.</summary>
    /// <param name="slots">Item parameters. [slot]</param>
    /// <param name="withDerivatives">Whether gradients and Hessians are wanted.</param>
    /// <param name="theta">Nodes. [node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    /// <param name="counts">Expected counts, slices added. [table, row, node]</param>
    public ItemDerivatives Compute(double[] slots, bool withDerivatives, ArrayView<double> theta, long thetaStride, ArrayView<double> counts)
    {
        tables.UploadParameters(slots);
        foreach (Reduction reduction in reductions)
        {
            DerivativeShape shape = reduction.Shape with { WithDerivatives = withDerivatives ? 1 : 0 };
            long tableLength = (long)plan.RowCount * shape.NodeCount;
            reduction.SumNodes(
                shape.ItemCount * shape.ChunkCount, shape, reduction.Part.Launcher.Items,
                theta.SubView(plan.Tables[reduction.Part.Table].NodeSet * thetaStride, thetaStride),
                counts.SubView(reduction.Part.Table * tableLength, tableLength), scratch);
            reduction.AddChunks(shape.ItemCount * (withDerivatives ? shape.SumCount : 1), shape, scratch, reduction.Sums);
            buffers.CountLaunch();
            buffers.CountLaunch();
        }
        ItemDerivatives result = new(plan);
        foreach (Reduction reduction in reductions)
        {
            double[] sums = new double[reduction.Shape.ItemCount * (withDerivatives ? reduction.Shape.SumCount : 1)];
            buffers.Download(reduction.Sums, sums);
            for (int index = 0; index < reduction.Part.Sets.Length; index++)
                Add(reduction, index, sums, withDerivatives, result);
        }
        return result;
    }

    private Reduction Create(DeviceItemTables.Part part, MemoryPlan memory)
    {
        ItemBlock block = part.Block;
        int parameters = block.AttributeCount + block.MaxShape;
        int local = 1 + block.MaxShape;
        int sumCount = 1 + parameters + parameters * (parameters + 1) / 2;
        int scratchLength = sumCount + block.MaxCategories + local + local * (local + 1) / 2;
        int nodeCount = memory.Size.PaddedNodeCount;
        long affordable = memory.ReductionBytes / (sizeof(double) * (long)block.ItemCount * scratchLength);
        int chunks = (int)Math.Clamp(affordable, 1, (nodeCount + ShortestChunk - 1) / ShortestChunk);
        int length = (nodeCount + chunks - 1) / chunks;
        DerivativeShape shape = new()
        {
            ItemCount = block.ItemCount,
            ChunkCount = (nodeCount + length - 1) / length,
            ChunkLength = length,
            NodeCount = nodeCount,
            ScratchLength = scratchLength,
            SumCount = sumCount,
        };
        return plan.Items[plan.ParameterSets[part.Sets[0]].Item].Kind switch
        {
            ItemModelKind.GeneralizedPartialCredit => Load<GeneralizedPartialCredit>(),
            ItemModelKind.GradedResponse => Load<GradedResponse>(),
            ItemModelKind.SequentialResponse => Load<SequentialResponse>(),
            ItemModelKind.FourParameterLogistic => Load<FourParameterLogistic>(),
            _ => Load<NominalResponse>(),
        };

        Reduction Load<TModel>()
            where TModel : struct, IItemModel => new(
                part, shape, buffers.Allocate<double>((long)block.ItemCount * sumCount),
                buffers.Accelerator.LoadAutoGroupedStreamKernel<
                    Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>>(ItemDerivativeKernels.SumNodes<TModel>),
                buffers.Accelerator.LoadAutoGroupedStreamKernel<Index1D, DerivativeShape, ArrayView<double>, ArrayView<double>>(ItemDerivativeKernels.AddChunks));
    }

    /// <summary>Adds one item of one table to its parameter set, loadings for attributes.</summary>
    private void Add(Reduction reduction, int index, double[] sums, bool withDerivatives, ItemDerivatives result)
    {
        int setIndex = reduction.Part.Sets[index];
        ItemParameterSet set = plan.ParameterSets[setIndex];
        int itemCount = reduction.Shape.ItemCount;
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
                result.Hessian[setIndex][r * set.SlotCount + c] += sums[(firstHessian + row * (row + 1) / 2 + Position(c)) * itemCount + index];
        }
    }

    private sealed record Reduction(
        DeviceItemTables.Part Part, DerivativeShape Shape, ArrayView<double> Sums, // [sum, item]
        Action<Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> SumNodes,
        Action<Index1D, DerivativeShape, ArrayView<double>, ArrayView<double>> AddChunks);
}
