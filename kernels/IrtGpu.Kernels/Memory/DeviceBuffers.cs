using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Kernels.Memory;

/// <summary>Every allocation and copy of one backend: owns the memory, counts what moves.</summary>
/// <param name="session">The open device.</param>
internal sealed class DeviceBuffers(DeviceSession session) : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private long allocatedBytes;

    /// <summary>Where kernels run.</summary>
    public Accelerator Accelerator => session.Accelerator;

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic { get; private set; }

    /// <summary>Memory that can be allocated now, bytes.</summary>
    /// <remarks>CUDA tells what is free; other devices tell their size alone. ILGPU's CPU accelerator shares the host's memory, of which half is offered.</remarks>
    public static long FreeBytes(Accelerator accelerator) => accelerator switch
    {
        CudaAccelerator cuda => cuda.GetFreeMemory(),
        { AcceleratorType: AcceleratorType.CPU } => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2,
        _ => accelerator.MemorySize,
    };

    /// <summary>Allocates cleared memory, freed with this object.</summary>
    /// <param name="length">Number of elements; at least one is allocated.</param>
    /// <exception cref="DeviceMemoryException">The device has no more.</exception>
    public ArrayView<T> Allocate<T>(long length)
        where T : unmanaged
    {
        return Reserve(Math.Max(length, 1) * Interop.SizeOf<T>(), () =>
        {
            MemoryBuffer1D<T, Stride1D.Dense> buffer = Accelerator.Allocate1D<T>(Math.Max(length, 1));
            buffer.MemSetToZero();
            return buffer;
        }).View;
    }

    /// <summary>Makes something that takes device or page-locked memory, disposed of with this object.</summary>
    /// <param name="bytes">About what it takes.</param>
    /// <param name="create">Makes it.</param>
    /// <exception cref="DeviceMemoryException">There is no more.</exception>
    public T Reserve<T>(long bytes, Func<T> create)
        where T : IDisposable
    {
        try
        {
            session.BeforeAllocation?.Invoke(bytes);
            T resource = Keep(create());
            allocatedBytes += bytes;
            return resource;
        }
        catch (Exception exception) when (DeviceFailure.OfAllocation(session.Device, exception, bytes, allocatedBytes) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Keeps something to dispose of with the buffers, after what was kept later.</summary>
    public T Keep<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }

    /// <summary>Copies host values to the start of a view and waits.</summary>
    public void Upload<T>(ArrayView<T> view, T[] values)
        where T : unmanaged
    {
        if (values.Length == 0)
            return;
        view.SubView(0, values.Length).CopyFromCPU(values);
        CountUp(values.Length * (long)Interop.SizeOf<T>());
    }

    /// <summary>Allocates memory for host values and copies them there.</summary>
    public ArrayView<T> Put<T>(T[] values)
        where T : unmanaged
    {
        ArrayView<T> view = Allocate<T>(values.Length);
        Upload(view, values);
        return view;
    }

    /// <summary>Allocates memory for several host arrays and copies them there, one after the other.</summary>
    public ArrayView<T> Put<T>(IReadOnlyList<T[]> parts)
        where T : unmanaged
    {
        ArrayView<T> view = Allocate<T>(parts.Sum(part => (long)part.Length));
        long first = 0;
        foreach (T[] part in parts)
        {
            Upload(view.SubView(first, view.Length - first), part);
            first += part.Length;
        }
        return view;
    }

    /// <summary>Copies the start of a view to the host, once all that is queued has run.</summary>
    public void Download<T>(ArrayView<T> view, T[] values)
        where T : unmanaged
    {
        view.SubView(0, values.Length).CopyToCPU(values);
        Traffic = Traffic with { BytesDown = Traffic.BytesDown + values.Length * (long)Interop.SizeOf<T>(), CopiesDown = Traffic.CopiesDown + 1 };
    }

    /// <summary>Copies several views to the host one after the other, once all that is queued has run; the host waits once.</summary>
    /// <param name="gathered">Room for all of them on the device.</param>
    /// <param name="views">The views.</param>
    /// <returns>Their values, end to end.</returns>
    public double[] Download(ArrayView<double> gathered, params ReadOnlySpan<ArrayView<double>> views)
    {
        long length = 0;
        foreach (ArrayView<double> view in views)
        {
            view.CopyTo(Accelerator.DefaultStream, gathered.SubView(length, view.Length));
            length += view.Length;
        }
        double[] values = new double[length];
        Download(gathered, values);
        return values;
    }

    /// <summary>Counts a copy to the device by other means.</summary>
    public void CountUp(long bytes) => Traffic = Traffic with { BytesUp = Traffic.BytesUp + bytes, CopiesUp = Traffic.CopiesUp + 1 };

    /// <summary>Counts launches.</summary>
    public void CountLaunch(int launches = 1) => Traffic = Traffic with { Launches = Traffic.Launches + launches };

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int index = owned.Count - 1; index >= 0; index--)
            owned[index].Dispose();
        owned.Clear();
    }
}
