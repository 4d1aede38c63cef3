using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Kernels.Adaptive;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Reduction;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Kernels.Backend;

/// <summary>Gives calibrations the accelerators of a catalogue: <c>cuda[:n]</c>, <c>opencl[:n]</c>, <c>ilgpu-cpu</c>, and <c>cuda:all</c>, <c>opencl:all</c>.</summary>
/// <remarks>Use: <c>new CalibrationOptions { Device = "cuda", Providers = [new AcceleratorProvider()] }</c>.</remarks>
public sealed class AcceleratorProvider : IBackendProvider
{
    // With stored kernels as predicted before there was a card (processor, emulated driver: 0.34 s); one H200 then took 0.14 to 0.35 s. With kernels to
    // compile 1.0 to 1.4 s were measured there in one process, and 1.6 to 2.1 s more of a whole process than on its processor.
    private const double StartSecondsStored = 0.34;
    private const double StartSecondsCompiling = 2;

    private readonly DeviceOpenings openings = new(KernelNeeds.Load);

    /// <summary>What there is; its drivers are asked once for all calibrations with this provider.</summary>
    public AcceleratorCatalog Catalog { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => AcceleratorCatalog.Kinds;

    /// <inheritdoc/>
    public IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(choice);
        IReadOnlyList<ComputeDevice> devices = Catalog.Require(device);
        if (devices.Count > 1 && !plan.Integration.HasSharedNodes)
            throw new SpecificationException($"--integration {plan.Integration.Method.Name()} is computed on one device, and --device {device} names {devices.Count}. Name one of them: --device {devices[0].Name}.");
        return devices.Count == 1
            ? Open(devices[0], plan, patterns, choice)
            : new ShardedBackend(plan, patterns, devices.Count, (shard, part) => Open(devices[shard], plan, part, choice.OfDevicePart(plan, part)));
    }

    /// <inheritdoc/>
    public bool Computes(IntegrationMethod method) => method is IntegrationMethod.Grid or IntegrationMethod.Reduced or IntegrationMethod.Adaptive or IntegrationMethod.Qmc;

    /// <inheritdoc/>
    /// <remarks>Follows whether the user's cache holds the kernels of every E-step and, where the plan is known, of its item models.</remarks>
    public double StartSeconds(CalibrationPlan? plan) =>
        StoredPtx.Default is { } store && store.HoldsAll(KernelNeeds.NeededBy(plan)) ? StartSecondsStored : StartSecondsCompiling;

    /// <inheritdoc/>
    /// <remarks>
    /// With products of matrices where all nodes and all columns are in one block of them: there an H200 took 0.64 ms for an E-step of a 2PL of 1,000,000 × 50, and weighted
    /// scores, for which 0.21 to 0.35 ms are predicted, have not been measured. Elsewhere tables take two passes or several parts, and the prediction is a quarter of what they were measured at.
    /// </remarks>
    public bool PrefersTables(DeviceName device, CalibrationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(plan);
        return plan.NodeCount * plan.ClassCount <= FusedKernels.Width && plan.RowCount - plan.ItemCount < FusedKernels.Width
            && Catalog.Find(device) is { HasMatrixUnits: true };
    }

    /// <summary>Devices opened so far, for backends or by <see cref="Prepare"/>.</summary>
    internal int OpenedCount => openings.OpenedCount;

    /// <inheritdoc/>
    public DeviceName? FindFastDevice() =>
        Catalog.Find(DeviceName.OfKind(AcceleratorCatalog.Cuda)) is { IsAvailable: true } device ? device.Name : null;

    /// <inheritdoc/>
    public IDisposable Prepare(DeviceName? device) => openings.Begin(() =>
        (device ?? FindFastDevice()) is { } name ? Catalog.Require(name) : []);

    private IComputeBackend Open(ComputeDevice device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice) =>
        DeviceFailure.Guard<IComputeBackend>(device, "when it was opened", () =>
        {
            DeviceLease lease = openings.Take(device);
            return plan.Integration.Method switch
            {
                IntegrationMethod.Grid => new IlgpuBackend(lease.Session, plan, patterns, choice.DeviceSets, lease: lease),
                IntegrationMethod.Reduced => new ReducedDeviceBackend(lease.Session, plan, patterns, lease: lease),
                IntegrationMethod.Adaptive or IntegrationMethod.Qmc => new AdaptiveDeviceBackend(lease.Session, plan, patterns, plan.Integration.PersonRule!, lease: lease),
                IntegrationMethod other => throw new ArgumentOutOfRangeException(nameof(plan), other, "No device computes this method of integration."),
            };
        });
}
