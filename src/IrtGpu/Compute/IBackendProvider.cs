using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Compute;

/// <summary>Adds devices to the library, the way a database provider is added: by <see cref="CalibrationOptions.Providers"/>.</summary>
public interface IBackendProvider
{
    /// <summary>Whether the name is one of this provider's, available or not.</summary>
    /// <param name="device">As <c>--device</c> takes it: <c>cuda:1</c>.</param>
    bool Knows(string device);

    /// <summary>Opens the device and puts the data on it.</summary>
    /// <param name="device">A name that <see cref="Knows"/> accepts.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="form">How E-steps are to be computed.</param>
    /// <exception cref="Specification.SpecificationException">That form of E-steps does not apply to the plan.</exception>
    /// <exception cref="DeviceNotAvailableException">It is missing here, or its memory does not suffice.</exception>
    IComputeBackend Create(string device, CalibrationPlan plan, PatternTable patterns, EStepForm form);

    /// <summary>What <c>auto</c> should take for large work: an available device that outruns the CPU; null when there is none.</summary>
    /// <remarks>Asks the drivers, which takes time: called only where the work is large enough to be worth it.</remarks>
    string? FindFastDevice();
}
