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
    /// <param name="form">Tables or weighted score.</param>
    /// <exception cref="DeviceNotAvailableException">The driver refuses, or the memory does not suffice.</exception>
    public static IComputeBackend Create(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        AnsweredSets? sets = form == EStepForm.WeightedScore ? WeightedScoreForm.TryFindSets(patterns, form) : null;
        return DeviceFailure.Guard(device, "when it was opened", () => new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns, sets));
    }
}
