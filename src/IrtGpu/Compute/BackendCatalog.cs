using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>Finds the backend of a device name.</summary>
internal static class BackendCatalog
{
    /// <summary>Creates the backend.</summary>
    /// <param name="options">Its device: <c>auto</c>, <c>cpu</c> or <c>reference</c>; threads and form of the E-step.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IComputeBackend Create(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns) => options.Device switch
    {
        "auto" or "cpu" => new CpuBackend(plan, patterns, options.Threads, options.EStep),
        "reference" => new ReferenceBackend(plan, patterns),
        _ => throw new ArgumentException($"There is no device '{options.Device}' here. Devices are auto, cpu and reference.", nameof(options)),
    };
}
