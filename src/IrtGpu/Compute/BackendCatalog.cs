using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>Finds the backend of a device name.</summary>
internal static class BackendCatalog
{
    /// <summary>Creates the backend.</summary>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>reference</c>.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IComputeBackend Create(string device, CalibrationPlan plan, PatternTable patterns, int threads) => device switch
    {
        "auto" or "cpu" => new CpuBackend(plan, patterns, threads),
        "reference" => new ReferenceBackend(plan, patterns),
        _ => throw new ArgumentException($"There is no device '{device}' here. Devices are auto, cpu and reference.", nameof(device)),
    };
}
