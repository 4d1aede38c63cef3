using System.Globalization;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace IrtGpu.Kernels.Devices;

/// <summary>Asks the drivers through ILGPU what there is.</summary>
internal static class DeviceFinder
{
    public const string CpuAcceleratorName = "ilgpu-cpu";

    public static IReadOnlyList<ComputeDevice> FindAll()
    {
        NativeLibraryNames.Register();
        List<ComputeDevice> devices = [];
        AddKind(devices, "cuda", "NVIDIA GPUs through CUDA", FindCuda);
        AddKind(devices, "opencl", "OpenCL devices", FindOpenCl);
        AddKind(devices, CpuAcceleratorName, "ILGPU's CPU accelerator (a device for tests)", FindCpuAccelerator);
        return devices;
    }

    /// <summary>Adds what <paramref name="find"/> finds; a failure of the driver or of ILGPU becomes the kind's reason.</summary>
    private static void AddKind(
        List<ComputeDevice> devices, string kind, string description, Func<string, List<ComputeDevice>> find)
    {
        try
        {
            devices.AddRange(find(description));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            string cause = exception is TypeInitializationException { InnerException: { } inner } ? inner.Message : exception.Message;
            devices.Add(new(kind, description, IsAvailable: false, $"Asking for devices failed: {cause}"));
        }
    }

    private static List<ComputeDevice> FindCuda(string description)
    {
        if (!NativeLibraryNames.CanLoad(NativeLibraryNames.Cuda))
        {
            return [new("cuda", description, IsAvailable: false,
                $"There is no CUDA driver: {NativeLibraryNames.Cuda} was not found. Install the NVIDIA driver.")];
        }

        List<ComputeDevice> found = [];
        foreach (Device device in CudaDevice.GetDevices(_ => true))
        {
            var cuda = (CudaDevice)device;
            bool supported = cuda.InstructionSet.HasValue;
            found.Add(new(
                Numbered("cuda", found.Count),
                cuda.Name,
                supported,
                supported ? "" : $"The CUDA driver {cuda.DriverVersion} is too old for this card (compute capability {cuda.Architecture}). Update the NVIDIA driver.",
                cuda.MemorySize,
                cuda.NumMultiprocessors,
                SupportsDouble: true,
                $"CUDA {cuda.DriverVersion}"));
        }

        if (found.Count == 0)
        {
            found.Add(new("cuda", description, IsAvailable: false,
                "The CUDA driver is installed but reports no device. Check nvidia-smi and CUDA_VISIBLE_DEVICES."));
        }

        return found;
    }

    private static List<ComputeDevice> FindOpenCl(string description)
    {
        if (!NativeLibraryNames.CanLoad(NativeLibraryNames.OpenCl))
        {
            return [new("opencl", description, IsAvailable: false,
                $"There is no OpenCL loader: {NativeLibraryNames.OpenCl} was not found. Install one (Debian, Ubuntu: ocl-icd-libopencl1) and a driver.")];
        }

        List<ComputeDevice> found = [];
        foreach (Device device in CLDevice.GetDevices(_ => true))
        {
            var opencl = (CLDevice)device;
            bool hasDouble = opencl.Capabilities.Float64;
            string reason = (opencl.Capabilities.GenericAddressSpace, hasDouble) switch
            {
                (false, _) => $"The driver ({opencl.PlatformName}, OpenCL {opencl.DeviceVersion}) has no generic address space, which ILGPU needs. Update it.",
                (_, false) => "The device has no double precision, in which everything is computed here.",
                _ => "",
            };
            found.Add(new(
                Numbered("opencl", found.Count),
                opencl.Name,
                IsAvailable: reason.Length == 0,
                reason,
                opencl.MemorySize,
                opencl.NumMultiprocessors,
                hasDouble,
                $"{opencl.PlatformName}, OpenCL {opencl.DeviceVersion}"));
        }

        if (found.Count == 0)
        {
            found.Add(new("opencl", description, IsAvailable: false,
                "The OpenCL loader is installed but no driver offers a device. Install the device's OpenCL driver; clinfo lists what is seen."));
        }

        return found;
    }

    private static List<ComputeDevice> FindCpuAccelerator(string description) =>
    [
        new(CpuAcceleratorName, description, IsAvailable: true,
            MemoryBytes: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Multiprocessors: CPUDevice.Default.NumMultiprocessors,
            SupportsDouble: true,
            Driver: $"ILGPU {typeof(CPUDevice).Assembly.GetName().Version?.ToString(3)}"),
    ];

    private static string Numbered(string kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{index}");
}
