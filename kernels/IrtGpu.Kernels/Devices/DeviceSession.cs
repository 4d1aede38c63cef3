using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace IrtGpu.Kernels.Devices;

/// <summary>One opened accelerator with the ILGPU context it lives in; disposing closes both.</summary>
internal sealed class DeviceSession : IDisposable
{
    private readonly Context context;

    private DeviceSession(ComputeDevice device, Context context, Accelerator accelerator)
    {
        Device = device;
        this.context = context;
        Accelerator = accelerator;
    }

    /// <summary>ILGPU's CPU accelerator: two warps of two threads, which run the code of warps and of groups at a fraction of the switches that sixteen threads cost.</summary>
    public static CPUDevice TestDevice { get; } = new(numThreadsPerWarp: 2, numWarpsPerMultiprocessor: 2, numMultiprocessors: 1);

    /// <summary>What the catalogue says of the device.</summary>
    public ComputeDevice Device { get; }

    /// <summary>Where buffers and kernels are made.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Is told the bytes before every allocation and may throw what a driver would: the seam for tests of full devices.</summary>
    public Action<long>? BeforeAllocation { get; private init; }

    /// <summary>Opens a device.</summary>
    /// <param name="device">One that the catalogue calls available.</param>
    /// <param name="beforeAllocation">As <see cref="BeforeAllocation"/>.</param>
    /// <exception cref="AcceleratorException">The driver refuses.</exception>
    public static DeviceSession Open(ComputeDevice device, Action<long>? beforeAllocation = null)
    {
        int number = device.Name.Number ?? 0;
        (Action<Context.Builder> include, Func<Context, Accelerator> create) = device.Name.Kind switch // the catalogue's predicates, so that numbers mean the same device
        {
            AcceleratorCatalog.Cuda => ((Action<Context.Builder>)(builder => builder.Cuda(_ => true)),
                (Func<Context, Accelerator>)(context => OpenCuda(context, number))),
            AcceleratorCatalog.OpenCl => (builder => builder.OpenCL(_ => true), context => context.GetCLDevice(number).CreateCLAccelerator(context)),
            AcceleratorCatalog.CpuAccelerator => (builder => builder.CPU(TestDevice), context => context.GetCPUDevice(0).CreateAccelerator(context)),
            string other => throw new ArgumentException($"ILGPU has no device of the kind '{other}'.", nameof(device)),
        };
        Context context = Context.Create(builder => include(builder.EnableAlgorithms()));
        try
        {
            Accelerator accelerator = create(context);
            return new DeviceSession(device, context, accelerator) { BeforeAllocation = beforeAllocation };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private static CudaAccelerator OpenCuda(Context context, int number)
    {
        CudaDevice device = context.GetCudaDevice(number);
        HopperTarget.TryRaise((CudaCapabilityContext)device.Capabilities, device.Architecture);
        return device.CreateCudaAccelerator(context);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }
}
