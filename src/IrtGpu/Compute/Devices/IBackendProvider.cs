using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

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

    /// <summary>Whether its devices compute a method of integration.</summary>
    /// <param name="method">The method.</param>
    bool Computes(IntegrationMethod method) => method == IntegrationMethod.Grid;

    /// <summary>
    /// Begins to open a device on a thread of its own, for instance while data are read. A <see cref="Create"/> that asks for it waits for that
    /// thread and throws what went wrong there; here nothing is thrown.
    /// </summary>
    /// <param name="device">One of its <see cref="Kinds"/>; null: what <see cref="FindFastDevice"/> finds, if anything.</param>
    /// <returns>Closes the device once no backend has it; to be disposed of after the work, whatever came of it.</returns>
    IDisposable Prepare(DeviceName? device) => NothingPrepared.Instance;

    /// <summary>Seconds from the question for a device to its first E-step, roughly: what <c>auto</c> holds against the work. Asks no driver.</summary>
    /// <param name="plan">What is to be computed; null: not known yet.</param>
    double StartSeconds(CalibrationPlan? plan) => 2;

    /// <summary>Whether E-steps through tables are the faster ones on a device, even where all items have weighted scores.</summary>
    /// <param name="device">One of its <see cref="Kinds"/>.</param>
    /// <param name="plan">What is to be computed.</param>
    bool PrefersTables(DeviceName device, CalibrationPlan plan) => false;

    /// <summary>What <c>auto</c> should take for large work: an available device that outruns the CPU; null when there is none.</summary>
    /// <remarks>Asks the drivers, which takes time: called only where the work is large enough to be worth it.</remarks>
    DeviceName? FindFastDevice();
}

/// <summary>Of a provider that opens devices when they are asked for.</summary>
internal sealed class NothingPrepared : IDisposable
{
    /// <summary>The one.</summary>
    public static NothingPrepared Instance { get; } = new();

    /// <summary>There is nothing to close.</summary>
    public void Dispose()
    {
    }
}
