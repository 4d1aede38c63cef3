using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using IrtGpu.Compute.Devices;

namespace IrtGpu.Kernels.Devices;

/// <summary>What can compute here beside the CPU engine: CUDA, then OpenCL, then ILGPU's CPU accelerator.</summary>
/// <remarks>
/// Loads the drivers and asks them through ILGPU, which takes some tens of milliseconds: at the first question, and once. A new
/// catalogue asks anew.
/// </remarks>
public sealed class AcceleratorCatalog
{
    internal const string Cuda = "cuda";
    internal const string OpenCl = "opencl";
    internal const string CpuAccelerator = "ilgpu-cpu";

    private readonly Lazy<IReadOnlyList<ComputeDevice>> devices = new(AskDrivers);

    /// <summary>Kinds of accelerators, in order of preference.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Cuda, OpenCl, CpuAccelerator];

    /// <summary>Every accelerator found and, for each kind that is missing, one entry with the reason.</summary>
    /// <remarks>Never throws: what goes wrong becomes a reason. CUDA devices in driver order, OpenCL devices in platform order, ILGPU's CPU accelerator (a test device).</remarks>
    public IReadOnlyList<ComputeDevice> Devices => devices.Value;

    /// <summary>The device of that name, available or not; of a kind alone the first available, else the first; null when there is none.</summary>
    /// <param name="name"><c>cuda[:n]</c>, <c>opencl[:n]</c> or <c>ilgpu-cpu</c>.</param>
    public ComputeDevice? Find(DeviceName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Number is not null)
            return Devices.FirstOrDefault(device => device.Name == name);
        ComputeDevice[] ofKind = [.. Devices.Where(device => device.Name.Kind == name.Kind)];
        return ofKind.FirstOrDefault(device => device.IsAvailable) ?? ofKind.FirstOrDefault();
    }

    /// <summary>The devices to compute on: one, or with <c>kind:all</c> every available one of the kind.</summary>
    /// <param name="name">As asked for.</param>
    /// <exception cref="DeviceNotAvailableException">There is none; the message has the reason and what to do.</exception>
    public IReadOnlyList<ComputeDevice> Require(DeviceName name)
    {
        ComputeDevice? first = Find(name);
        if (first is { IsAvailable: true })
            return name.IsAll ? [.. Devices.Where(device => device.IsAvailable && device.Name.Kind == name.Kind)] : [first];
        string reason = first?.Reason
            ?? $"this machine has {string.Join(", ", Devices.Where(device => device.IsAvailable).Select(device => device.Name.ToString()).Prepend(DeviceName.Cpu))}.";
        throw new DeviceNotAvailableException($"The device '{name}' is not available: {reason} Use --device cpu, or --device auto to take what there is.");
    }

    private static List<ComputeDevice> AskDrivers()
    {
        NativeLibraryNames.Register();
        List<ComputeDevice> found = [];
        AddKind(found, Cuda, "NVIDIA GPUs through CUDA", FindCuda);
        AddKind(found, OpenCl, "OpenCL devices", FindOpenCl);
        AddKind(found, CpuAccelerator, "ILGPU's CPU accelerator (a device for tests)", FindCpuAccelerator);
        return found;
    }

    /// <summary>Adds what <paramref name="find"/> finds; a failure of the driver or of ILGPU becomes the kind's reason.</summary>
    private static void AddKind(List<ComputeDevice> devices, string kind, string description, Func<string, List<ComputeDevice>> find)
    {
        try
        {
            devices.AddRange(find(description));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            string cause = exception is TypeInitializationException { InnerException: { } inner } ? inner.Message : exception.Message;
            devices.Add(Missing(kind, description, $"Asking for devices failed: {cause}"));
        }
    }

    private static List<ComputeDevice> FindCuda(string description)
    {
        if (!NativeLibraryNames.CanLoad(NativeLibraryNames.Cuda))
            return [Missing(Cuda, description, $"There is no CUDA driver: {NativeLibraryNames.Cuda} was not found. Install the NVIDIA driver.")];
        List<ComputeDevice> found = [];
        foreach (CudaDevice cuda in CudaDevice.GetDevices(_ => true).Cast<CudaDevice>())
        {
            bool supported = cuda.InstructionSet.HasValue;
            found.Add(new(
                DeviceName.Numbered(Cuda, found.Count),
                cuda.Name,
                supported,
                supported ? "" : $"The CUDA driver {cuda.DriverVersion} is too old for this card (compute capability {cuda.Architecture}). Update the NVIDIA driver.",
                cuda.MemorySize,
                cuda.NumMultiprocessors,
                SupportsDouble: true,
                $"CUDA {cuda.DriverVersion}")
            {
                HasMatrixUnits = cuda.Architecture is { Major: >= 8 },
            });
        }
        return found.Count > 0
            ? found
            : [Missing(Cuda, description, "The CUDA driver is installed but reports no device. Check nvidia-smi and CUDA_VISIBLE_DEVICES.")];
    }

    private static List<ComputeDevice> FindOpenCl(string description)
    {
        if (!NativeLibraryNames.CanLoad(NativeLibraryNames.OpenCl))
        {
            return [Missing(OpenCl, description,
                $"There is no OpenCL loader: {NativeLibraryNames.OpenCl} was not found. Install one (Debian, Ubuntu: ocl-icd-libopencl1) and a driver.")];
        }
        List<ComputeDevice> found = [];
        foreach (CLDevice opencl in CLDevice.GetDevices(_ => true).Cast<CLDevice>())
        {
            bool hasDouble = opencl.Capabilities.Float64;
            string reason = (opencl.Capabilities.GenericAddressSpace, hasDouble) switch
            {
                (false, _) => $"The driver ({opencl.PlatformName}, OpenCL {opencl.DeviceVersion}) has no generic address space, which ILGPU needs. Update it.",
                (_, false) => "The device has no double precision, in which everything is computed here.",
                _ => "",
            };
            found.Add(new(
                DeviceName.Numbered(OpenCl, found.Count),
                opencl.Name,
                IsAvailable: reason.Length == 0,
                reason,
                opencl.MemorySize,
                opencl.NumMultiprocessors,
                hasDouble,
                $"{opencl.PlatformName}, OpenCL {opencl.DeviceVersion}"));
        }
        return found.Count > 0
            ? found
            : [Missing(OpenCl, description, "The OpenCL loader is installed but no driver offers a device. Install the device's OpenCL driver; clinfo lists what is seen.")];
    }

    private static List<ComputeDevice> FindCpuAccelerator(string description) =>
    [
        new(DeviceName.OfKind(CpuAccelerator), description, IsAvailable: true,
            MemoryBytes: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Multiprocessors: DeviceSession.TestDevice.NumMultiprocessors,
            SupportsDouble: true,
            Driver: $"ILGPU {typeof(CPUDevice).Assembly.GetName().Version?.ToString(3)}"),
    ];

    private static ComputeDevice Missing(string kind, string description, string reason) =>
        new(DeviceName.OfKind(kind), description, IsAvailable: false, reason);
}
