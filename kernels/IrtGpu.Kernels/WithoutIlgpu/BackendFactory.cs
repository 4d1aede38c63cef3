using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Kernels;

/// <summary>Opens no device: the catalogue of this build has none that is available.</summary>
internal static class BackendFactory
{
    /// <summary>Refuses with the catalogue's reason.</summary>
    /// <exception cref="DeviceNotAvailableException">Always.</exception>
    public static IComputeBackend Create(
        ComputeDevice device, CalibrationPlan plan, PatternTable patterns, AnsweredSets? sets = null, bool isStreamed = false) =>
        throw new DeviceNotAvailableException($"The device '{device.Name}' is not available: {device.Reason}");
}
