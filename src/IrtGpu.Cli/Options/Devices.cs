using IrtGpu.Compute.Devices;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Kernels.Devices;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>What can compute here.</summary>
internal static class Devices
{
    /// <summary>The processor and every accelerator that a catalogue has.</summary>
    public static IEnumerable<ComputeDevice> List(AcceleratorCatalog catalog) => catalog.Devices.Prepend(new ComputeDevice(
        DeviceName.OfKind(DeviceName.Cpu), FormattableString.Invariant($"{Environment.ProcessorCount} processors, vectors of {VectorWidth.Bits} bits"),
        IsAvailable: true, MemoryBytes: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, SupportsDouble: true));

    /// <summary>The name to compute with; of accelerators only one that is available, before any data are read.</summary>
    /// <exception cref="DeviceNotAvailableException">It is not available.</exception>
    /// <exception cref="SpecificationException">There is no such name.</exception>
    public static string Require(string text, AcceleratorCatalog catalog)
    {
        string[] kinds = [DeviceName.Auto, DeviceName.Cpu, DeviceName.Reference, .. AcceleratorCatalog.Kinds];
        if (DeviceName.TryParse(text) is not { } name || !kinds.Contains(name.Kind))
            throw new SpecificationException($"--device does not know '{text}'. {NearNames.Suggest(text, kinds)} It takes {string.Join(", ", kinds)}; of accelerators also one by its number (cuda:0), or all of a kind (cuda:all).");
        if (name.IsBuiltIn)
            return name.Kind;
        IReadOnlyList<ComputeDevice> found = catalog.Require(name);
        return (name.IsAll ? name : found[0].Name).ToString();
    }
}
