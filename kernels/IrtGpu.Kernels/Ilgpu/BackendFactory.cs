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
    /// <param name="form">Tables or weighted score.</param>
    /// <exception cref="DeviceNotAvailableException">The driver refuses, or the memory does not suffice.</exception>
    public static IComputeBackend Create(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        try
        {
            AnsweredSets? sets = form == EStepForm.WeightedScore ? WeightedScoreForm.TryFindSets(patterns, form) : null;
            return new IlgpuBackend(DeviceSession.Open(device.Name), plan, patterns, sets);
        }
        catch (AcceleratorException exception)
        {
            throw new DeviceNotAvailableException(
                $"The device '{device.Name}' ({device.Description}) failed when it was opened: {exception.Message} Check its driver, or use --device cpu.", exception);
        }
    }
}
