using ILGPU;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.Gathering;

/// <summary>A plan's lists on the device, and its launches.</summary>
internal sealed class GatherLists
{
    private readonly DeviceBuffers buffers;
    private readonly GatherViews views;
    private readonly Action<Index1D, int, int, GatherViews, ArrayView<double>> gather;

    /// <summary>Uploads the lists and compiles the kernel.</summary>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="plan">All its stages ended.</param>
    /// <param name="maps">Cells of sources by cells of targets.</param>
    public GatherLists(DeviceBuffers buffers, GatherPlan plan, ArrayView<int> maps)
    {
        this.buffers = buffers;
        views = new GatherViews
        {
            Classes = buffers.Put(plan.Classes),
            Begin = buffers.Put(plan.Begin),
            End = buffers.Put(plan.End),
            Target = buffers.Put(plan.Targets),
            Entries = buffers.Put(plan.Entries),
            Maps = maps,
        };
        gather = buffers.Accelerator.LoadIndexed<int, int, GatherViews, ArrayView<double>>(GatherKernels.Gather);
    }

    /// <summary>Queues a stage.</summary>
    /// <param name="launches">Its launches.</param>
    /// <param name="work">Sources and targets.</param>
    public void Run(GatherLaunch[] launches, ArrayView<double> work)
    {
        foreach (GatherLaunch launch in launches)
            gather(launch.ThreadCount, launch.FirstClass, launch.ClassCount, views, work);
        buffers.CountLaunch(launches.Length);
    }
}
