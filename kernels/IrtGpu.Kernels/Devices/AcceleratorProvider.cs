using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Kernels.EStep;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Devices;

/// <summary>Gives calibrations the accelerators of a catalogue: <c>cuda[:n]</c>, <c>opencl[:n]</c>, <c>ilgpu-cpu</c>, and <c>cuda:all</c>, <c>opencl:all</c>.</summary>
/// <remarks>Use: <c>new CalibrationOptions { Device = "cuda", Providers = [new AcceleratorProvider()] }</c>.</remarks>
public sealed class AcceleratorProvider : IBackendProvider
{
    /// <summary>What there is; its drivers are asked once for all calibrations with this provider.</summary>
    public AcceleratorCatalog Catalog { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => AcceleratorCatalog.Kinds;

    /// <inheritdoc/>
    public IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        ArgumentNullException.ThrowIfNull(device);
        IReadOnlyList<ComputeDevice> devices = Catalog.Require(device);
        AnsweredSets? sets = WeightedScoreForm.SetsForDevice(plan, patterns, form); // once, so that all devices take the same form
        if (devices.Count == 1)
            return Open(devices[0], plan, patterns, sets);
        return new ShardedBackend(plan, patterns, devices.Count, (shard, part) => Open(
            devices[shard], plan, part, sets is null ? null : WeightedScoreForm.TryFindSets(part, EStepForm.WeightedScore)));
    }

    /// <inheritdoc/>
    public DeviceName? FindFastDevice() =>
        Catalog.Find(DeviceName.OfKind(AcceleratorCatalog.Cuda)) is { IsAvailable: true } device ? device.Name : null;

    private static IlgpuBackend Open(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, AnsweredSets? sets) =>
        DeviceFailure.Guard(device, "when it was opened", () => new IlgpuBackend(DeviceSession.Open(device), plan, patterns, sets));
}
