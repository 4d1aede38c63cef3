using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Devices;

/// <summary>Gives calibrations the accelerators of <see cref="AcceleratorCatalog"/>: <c>cuda[:n]</c>, <c>opencl[:n]</c>, <c>ilgpu-cpu</c>, and <c>cuda:all</c>, <c>opencl:all</c>.</summary>
/// <remarks>Use: <c>new CalibrationOptions { Device = "cuda", Providers = [new AcceleratorProvider()] }</c>.</remarks>
public sealed class AcceleratorProvider : IBackendProvider
{
    private const string All = ":all";

    /// <inheritdoc/>
    public bool Knows(string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        string kind = device.Split(':')[0].ToUpperInvariant();
        return kind is "CUDA" or "OPENCL" or "ILGPU-CPU";
    }

    /// <inheritdoc/>
    public IComputeBackend Create(string device, CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        ArgumentNullException.ThrowIfNull(device);
        AnsweredSets? sets = WeightedScoreForm.SetsForDevice(plan, patterns, form); // once, so that all devices take the same form
        if (!device.EndsWith(All, StringComparison.OrdinalIgnoreCase))
            return BackendFactory.Create(Available(device), plan, patterns, sets);
        string kind = device[..^All.Length];
        ComputeDevice[] devices = [.. AcceleratorCatalog.List()
            .Where(found => found.IsAvailable && found.Name.StartsWith(kind + ":", StringComparison.OrdinalIgnoreCase))];
        if (devices.Length <= 1)
            return BackendFactory.Create(Available(kind), plan, patterns, sets);
        return new ShardedBackend(plan, patterns, devices.Length, (shard, part) => BackendFactory.Create(
            devices[shard], plan, part, sets is null ? null : WeightedScoreForm.TryFindSets(part, EStepForm.WeightedScore)));
    }

    /// <inheritdoc/>
    public string? FindFastDevice() =>
        AcceleratorCatalog.List().FirstOrDefault(device => device.IsAvailable && device.Name.StartsWith("cuda:", StringComparison.Ordinal))?.Name;

    private static ComputeDevice Available(string device) => AcceleratorCatalog.Find(device) switch
    {
        { IsAvailable: true } found => found,
        { } missing => throw new DeviceNotAvailableException($"The device '{device}' is not available: {missing.Reason} Use --device cpu, or --device auto to take what there is."),
        null => throw new DeviceNotAvailableException(
            $"The device '{device}' is not here. There are: {string.Join(", ", AcceleratorCatalog.List().Where(known => known.IsAvailable).Select(known => known.Name).Append("cpu"))}."),
    };
}
