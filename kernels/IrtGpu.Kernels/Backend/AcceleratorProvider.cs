using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.Backend;

/// <summary>Gives calibrations the accelerators of a catalogue: <c>cuda[:n]</c>, <c>opencl[:n]</c>, <c>ilgpu-cpu</c>, and <c>cuda:all</c>, <c>opencl:all</c>.</summary>
/// <remarks>Use: <c>new CalibrationOptions { Device = "cuda", Providers = [new AcceleratorProvider()] }</c>.</remarks>
public sealed class AcceleratorProvider : IBackendProvider
{
    /// <summary>What there is; its drivers are asked once for all calibrations with this provider.</summary>
    public AcceleratorCatalog Catalog { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => AcceleratorCatalog.Kinds;

    /// <inheritdoc/>
    public IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(choice);
        IReadOnlyList<ComputeDevice> devices = Catalog.Require(device);
        return devices.Count == 1
            ? Open(devices[0], plan, patterns, choice)
            : new ShardedBackend(plan, patterns, devices.Count, (shard, part) => Open(devices[shard], plan, part, choice.OfDevicePart(plan, part)));
    }

    /// <inheritdoc/>
    public DeviceName? FindFastDevice() =>
        Catalog.Find(DeviceName.OfKind(AcceleratorCatalog.Cuda)) is { IsAvailable: true } device ? device.Name : null;

    private static IlgpuBackend Open(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice) =>
        DeviceFailure.Guard(device, "when it was opened", () => new IlgpuBackend(DeviceSession.Open(device), plan, patterns, choice.DeviceSets));
}
