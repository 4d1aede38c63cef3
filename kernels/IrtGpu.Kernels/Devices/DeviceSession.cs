using System.Globalization;
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

    /// <summary>What the catalogue says of the device.</summary>
    public ComputeDevice Device { get; }

    /// <summary>Where buffers and kernels are made.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Is told the bytes before every allocation and may throw what a driver would: the seam for tests of full devices.</summary>
    public Action<long>? BeforeAllocation { get; private init; }

    /// <summary>Opens the device of that name.</summary>
    /// <param name="name">As <see cref="AcceleratorCatalog.Find"/> takes it.</param>
    /// <param name="beforeAllocation">As <see cref="BeforeAllocation"/>.</param>
    /// <exception cref="ArgumentException">There is no such device, or it is not available; the message has the catalogue's reason.</exception>
    public static DeviceSession Open(string name, Action<long>? beforeAllocation = null)
    {
        ComputeDevice? device = AcceleratorCatalog.Find(name);
        if (device is null)
        {
            string known = string.Join(", ", AcceleratorCatalog.List().Select(found => found.Name));
            throw new ArgumentException($"There is no device '{name}' here. Known: {known}. `irtgpu devices` tells more.", nameof(name));
        }

        if (!device.IsAvailable)
            throw new ArgumentException($"Device '{name}' is not available. {device.Reason}", nameof(name));

        // The same predicate as the catalogue's, so that numbers mean the same device.
        string[] parts = device.Name.Split(':');
        int index = parts.Length == 1 ? 0 : int.Parse(parts[1], CultureInfo.InvariantCulture);
        Context context = Context.Create(builder => Include(builder, parts[0]));
        try
        {
            Accelerator accelerator = parts[0] switch
            {
                "cuda" => context.GetCudaDevice(index).CreateCudaAccelerator(context),
                "opencl" => context.GetCLDevice(index).CreateCLAccelerator(context),
                _ => context.GetCPUDevice(0).CreateAccelerator(context),
            };
            return new DeviceSession(device, context, accelerator) { BeforeAllocation = beforeAllocation };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }

    private static void Include(Context.Builder builder, string kind)
    {
        switch (kind)
        {
            case "cuda":
                builder.Cuda(_ => true);
                break;
            case "opencl":
                builder.OpenCL(_ => true);
                break;
            default:
                builder.DefaultCPU();
                break;
        }
    }
}
