using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Kernels;

/// <summary>Opens a device for one calibration.</summary>
internal static class BackendFactory
{
    /// <summary>Opens the device and puts the data on it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="isStreamed">Whether every E-step uploads the responses although they would fit, so that the transfers can be timed.</param>
    /// <exception cref="DeviceNotAvailableException">The driver refuses, or the memory does not suffice.</exception>
    public static IComputeBackend Create(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, bool isStreamed = false)
    {
        try
        {
            if (!isStreamed)
                return new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns);
            MemoryPlan memory;
            using (IlgpuBackend resident = new(DeviceSession.Open(device.Name), plan, patterns))
                memory = resident.Memory with { IsResident = false };
            return new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns, memory);
        }
        catch (AcceleratorException exception)
        {
            throw new DeviceNotAvailableException(
                $"The device '{device.Name}' ({device.Description}) failed when it was opened: {exception.Message} Check its driver, or use --device cpu.", exception);
        }
    }
}
