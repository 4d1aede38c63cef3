using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Devices;

/// <summary>Opens a device for one calibration.</summary>
internal static class BackendFactory
{
    /// <summary>Opens the device and puts the data on it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="sets">Sets of answered items: E-steps go through weighted scores; null: through tables.</param>
    /// <param name="isStreamed">Whether every E-step uploads the responses although they would fit, so that the transfers can be timed.</param>
    /// <exception cref="DeviceNotAvailableException">The driver refuses, or the memory does not suffice.</exception>
    public static IComputeBackend Create(
        ComputeDevice device, CalibrationPlan plan, PatternTable patterns, AnsweredSets? sets = null, bool isStreamed = false) =>
        DeviceFailure.Guard(device, "when it was opened", () => Open(device, plan, patterns, sets, isStreamed));

    private static IlgpuBackend Open(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, AnsweredSets? sets, bool isStreamed)
    {
        if (!isStreamed)
            return new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns, sets);
        MemoryPlan memory;
        using (IlgpuBackend resident = new(DeviceSession.Open(device.Name), plan, patterns, sets))
            memory = resident.Memory with { IsResident = false };
        return new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns, sets, memory);
    }
}
