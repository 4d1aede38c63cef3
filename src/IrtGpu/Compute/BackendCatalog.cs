using System.Globalization;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.ProductGrid;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>Finds the backend of a device name.</summary>
internal static class BackendCatalog
{
    /// <summary>Creates the backend that the options ask for.</summary>
    /// <param name="options">Device, threads, providers of further devices.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="DeviceNotAvailableException">The device is known but cannot compute here.</exception>
    public static IComputeBackend Create(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns) =>
        CreateWithReason(options, plan, patterns).Backend;

    /// <summary>As <see cref="Create"/>, and tells why <c>auto</c> chose as it did.</summary>
    /// <param name="options">Device, threads, providers of further devices.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <returns>The backend and, for <c>auto</c>, why it was chosen.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="DeviceNotAvailableException">The device is known but cannot compute here.</exception>
    public static (IComputeBackend Backend, string? Choice) CreateWithReason(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns)
    {
        DeviceName? device = DeviceName.TryParse(options.Device);
        switch (device?.Kind)
        {
            case DeviceName.Auto:
                return Choose(options, plan, patterns);
            case DeviceName.Cpu:
                return (new CpuBackend(plan, patterns, options.Threads, options.EStep), null);
            case DeviceName.Reference:
                return (new ReferenceBackend(plan, patterns), null);
        }
        if (options.Providers.FirstOrDefault(provider => device is not null && provider.Kinds.Contains(device.Kind)) is { } known)
            return (known.Create(device!, plan, patterns, options.EStep), null);
        throw new ArgumentException(
            $"There is no device '{options.Device}'. Devices are {string.Join(", ", new[] { DeviceName.Auto, DeviceName.Cpu, DeviceName.Reference }.Concat(options.Providers.SelectMany(provider => provider.Kinds)))}; accelerators also by number (kind:0), or all of a kind (kind:all).",
            nameof(options));
    }

    private static (IComputeBackend Backend, string? Choice) Choose(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns)
    {
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        ProductGridItems? split = ProductGridItems.TryCreate(plan, patterns, options.EStep);
        double seconds = WorkEstimate.CpuSeconds(plan, patterns.PatternCount, options, threads, split);
        string estimate = seconds < 0.01
            ? "auto: less than 0.01 s of E-steps on the cpu"
            : string.Create(CultureInfo.InvariantCulture, $"auto: about {seconds:g2} s of E-steps on the cpu");
        CpuBackend OnCpu() => new(plan, patterns, options.Threads, options.EStep, split);
        if (options.Providers.Count == 0)
            return (OnCpu(), estimate);
        if (seconds < WorkEstimate.DeviceStartSeconds)
            return (OnCpu(), estimate + ", less than starting a device takes");

        foreach (IBackendProvider provider in options.Providers)
        {
            if (provider.FindFastDevice() is not { } device)
                continue;
            try
            {
                return (provider.Create(device, plan, patterns, options.EStep), $"{estimate}, so {device}");
            }
            catch (DeviceNotAvailableException exception)
            {
                return (OnCpu(), $"{estimate}, but {exception.Message}");
            }
        }
        return (OnCpu(), estimate + ", and no faster device is here");
    }
}
