using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.Devices;

/// <summary>Adds devices to the library, the way a database provider is added: by <see cref="CalibrationOptions.Providers"/>.</summary>
public interface IBackendProvider
{
    /// <summary>Kinds of devices that this provider opens, available here or not: <c>cuda</c>. In small letters.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Opens the device and puts the data on it.</summary>
    /// <param name="device">One of its <see cref="Kinds"/>.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="choice">How E-steps are to be computed, as <see cref="EStepChoice.ForDevice"/> chose.</param>
    /// <exception cref="DeviceNotAvailableException">It is missing here, or its memory does not suffice.</exception>
    IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice);

    /// <summary>What <c>auto</c> should take for large work: an available device that outruns the CPU; null when there is none.</summary>
    /// <remarks>Asks the drivers, which takes time: called only where the work is large enough to be worth it.</remarks>
    DeviceName? FindFastDevice();
}
