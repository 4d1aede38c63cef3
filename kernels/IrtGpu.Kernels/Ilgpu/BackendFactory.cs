using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Kernels;

/// <summary>Opens a device for one calibration.</summary>
internal static class BackendFactory
{
    /// <summary>Opens the device and puts the data on it.</summary>
    /// <exception cref="DeviceNotAvailableException">The driver refuses, or the memory does not suffice.</exception>
    public static IComputeBackend Create(ComputeDevice device, CalibrationPlan plan, PatternTable patterns) =>
        DeviceFailure.Guard(device, "when it was opened", () => new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns));
}
