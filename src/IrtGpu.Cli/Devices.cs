using System.Runtime.Intrinsics;
using IrtGpu.Compute;
using IrtGpu.Kernels.Devices;
using IrtGpu.Specification;

namespace IrtGpu.Cli;

/// <summary>One line of <c>irtgpu devices</c>.</summary>
/// <param name="Name">What <c>--device</c> takes.</param>
/// <param name="Description">What it is.</param>
/// <param name="IsAvailable">Whether it can compute.</param>
/// <param name="Reason">Why not; empty when it can.</param>
/// <param name="MemoryBytes">Its memory; 0 when unknown.</param>
/// <param name="Precision">Arithmetic it has.</param>
internal sealed record DeviceLine(string Name, string Description, bool IsAvailable, string Reason, long MemoryBytes, string Precision);

/// <summary>What can compute here.</summary>
internal static class Devices
{
    public static IReadOnlyList<DeviceLine> List() => [Cpu(), .. Accelerators()];

    /// <summary>The name to compute with: <c>auto</c> and <c>cpu</c> always, others only where they are available.</summary>
    /// <exception cref="DeviceNotAvailableException">It is not available.</exception>
    /// <exception cref="SpecificationException">There is no such name.</exception>
    public static string Require(string name)
    {
        if (name is "auto" or "cpu" or "reference")
            return name;
        string kind = name.Split(':')[0];
        if (kind is not ("cuda" or "opencl" or "ilgpu-cpu"))
            Choice.Parse("--device", name, ("auto", 0), ("cpu", 0), ("cuda", 0), ("cuda:0", 0), ("opencl", 0), ("opencl:0", 0), ("ilgpu-cpu", 0));
        if (name == kind + ":all")
        {
            Require(kind);
            return name;
        }
        DeviceLine[] candidates = [.. Accelerators().Where(line => line.Name == name || line.Name.StartsWith(name + ":", StringComparison.Ordinal)
            || (line.Name == kind && !line.IsAvailable))];
        if (candidates.FirstOrDefault(line => line.IsAvailable) is { } found)
            return found.Name;
        string reason = candidates.Length > 0 ? candidates[0].Reason : $"this machine has no device of that name; 'irtgpu devices' lists what it has.";
        throw new DeviceNotAvailableException($"the device '{name}' is not available: {reason} Use --device cpu, or --device auto to take what there is.");
    }

    private static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static DeviceLine Cpu() => new(
        "cpu", FormattableString.Invariant($"{Environment.ProcessorCount} processors, vectors of {VectorBits} bits"),
        true, "", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "double");

    private static IEnumerable<DeviceLine> Accelerators() => AcceleratorCatalog.List().Select(device => new DeviceLine(
        device.Name, string.Join(", ", new[] { device.Description, device.Driver }.Where(text => text.Length > 0)),
        device.IsAvailable, device.Reason, device.MemoryBytes, device.SupportsDouble ? "double" : ""));
}
