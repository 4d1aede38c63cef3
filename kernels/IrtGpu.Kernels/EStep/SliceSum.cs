using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep;

/// <summary>Adds the slices that threads have summed apart.</summary>
internal sealed class SliceSum
{
    private readonly DeviceBuffers buffers;
    private readonly int lanes;
    private readonly int cellsPerGroup;
    private readonly Action<KernelConfig, int, int, long, ArrayView<double>> add;

    /// <summary>Compiles the kernel.</summary>
    /// <param name="buffers">Counts launches.</param>
    public SliceSum(DeviceBuffers buffers)
    {
        this.buffers = buffers;
        lanes = Math.Min(EStepKernels.SliceLanes, buffers.Accelerator.MaxNumThreadsPerGroup);
        cellsPerGroup = Math.Min(EStepKernels.SliceCells, buffers.Accelerator.MaxNumThreadsPerGroup / lanes);
        add = buffers.Accelerator.LoadGrouped<int, int, long, ArrayView<double>>(EStepKernels.AddSlices);
    }

    /// <summary>Adds slices to the first, in a fixed order.</summary>
    /// <param name="values">[slice, cell]</param>
    /// <param name="stride">Cells of a slice.</param>
    /// <param name="sliceCount">Number of slices; with one nothing is launched.</param>
    public void Add(ArrayView<double> values, int stride, int sliceCount)
    {
        if (sliceCount == 1)
            return;
        int groups = (stride + cellsPerGroup - 1) / cellsPerGroup;
        add((groups, cellsPerGroup * lanes), cellsPerGroup, sliceCount, stride, values);
        buffers.CountLaunch();
    }
}
