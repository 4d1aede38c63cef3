using ILGPU;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep;

/// <summary>Adds the slices that threads have summed apart.</summary>
internal sealed class SliceSum
{
    /// <summary>Threads that add the slices of a cell.</summary>
    public const int MostLanes = 32;

    private readonly DeviceBuffers buffers;
    private readonly Action<KernelConfig, int, int, int, ArrayView<double>> add;

    /// <summary>Compiles the kernel.</summary>
    /// <param name="buffers">Counts launches.</param>
    public SliceSum(DeviceBuffers buffers)
    {
        this.buffers = buffers;
        add = buffers.Accelerator.LoadGrouped<int, int, int, ArrayView<double>>(EStepKernels.AddSlices);
    }

    /// <summary>Adds slices to the first, in a fixed order.</summary>
    /// <param name="values">[slice, cell]</param>
    /// <param name="stride">Cells of a slice.</param>
    /// <param name="sliceCount">Number of slices; with one nothing is launched.</param>
    public void Add(ArrayView<double> values, int stride, int sliceCount)
    {
        if (sliceCount == 1)
            return;
        int threads = Math.Min(EStepKernels.SliceThreads, buffers.Accelerator.MaxNumThreadsPerGroup);
        int lanes = Math.Min(MostLanes, threads);
        int cells = threads / lanes;
        add(((stride + cells - 1) / cells, cells * lanes), lanes, sliceCount, stride, values);
        buffers.CountLaunch();
    }
}
