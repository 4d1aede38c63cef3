using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Bench;

/// <summary>The accelerators of this run, asked for once.</summary>
internal static class BenchDevices
{
    public static AcceleratorProvider Provider { get; } = new();

    public static IReadOnlyList<ComputeDevice> All => Provider.Catalog.Devices;

    /// <summary>The device of that name, available or not; null when there is none.</summary>
    public static ComputeDevice? Find(string device) => DeviceName.TryParse(device) is { } name ? Provider.Catalog.Find(name) : null;

    /// <summary>The device of that name.</summary>
    /// <exception cref="ArgumentException">That is no name.</exception>
    /// <exception cref="DeviceNotAvailableException">There is none.</exception>
    public static ComputeDevice Require(string device) =>
        Provider.Catalog.Require(DeviceName.TryParse(device) ?? throw new ArgumentException($"There is no device '{device}'."))[0];
}
