using System.Globalization;
using IrtGpu.Compute.AttributeSets;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

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
        Open(options, plan, patterns).Backend;

    /// <summary>As <see cref="Create"/>, and tells why device and form were chosen.</summary>
    /// <param name="options">Device, threads, providers of further devices.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="Specification.SpecificationException">The form of E-steps that was asked for is not for this plan or not for the device.</exception>
    /// <exception cref="DeviceNotAvailableException">The device is known but cannot compute here.</exception>
    /// <exception cref="InvalidOperationException">IRTGPU_VECTOR asks for vectors that this machine does not have.</exception>
    public static BackendChoice Open(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns)
    {
        VectorWidth.Require();
        if (!plan.Integration.HasSharedNodes)
            return IntegrationEngines.Open(options, plan, patterns);
        DeviceName? device = DeviceName.TryParse(options.Device);
        switch (device?.Kind)
        {
            case DeviceName.Auto:
                return Choose(options, plan, patterns);
            case DeviceName.Cpu:
                return OnHost(EStepChoice.ForHost(plan, patterns, options.EStep), null);
            case DeviceName.Reference:
                return new BackendChoice(new ReferenceBackend(plan, patterns), EStepChoice.ForReference(options.EStep), null);
        }
        return OnDevice(ProviderOf(options, device), device!, null);

        BackendChoice OnHost(EStepChoice choice, string? reason) => AttributeSetBackend.IsFor(plan, patterns)
            ? new(new AttributeSetBackend(plan, patterns, options.EStep, options.Threads, choice), choice.ByAttributes(), reason)
            : new(new CpuBackend(plan, patterns, options.Threads, choice), choice, reason);

        BackendChoice OnDevice(IBackendProvider provider, DeviceName name, string? reason)
        {
            EStepChoice choice = EStepChoice.ForDevice(plan, patterns, options.EStep, provider.PrefersTables(name, plan));
            return new BackendChoice(provider.Create(name, plan, patterns, choice), choice, reason);
        }

        BackendChoice Choose(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns)
        {
            EStepChoice onHost = EStepChoice.ForHost(plan, patterns, options.EStep);
            double seconds = WorkEstimate.HostSeconds(plan, patterns.PatternCount, options, onHost);
            string estimate = seconds < 0.01
                ? "auto: less than 0.01 s of E-steps on the cpu"
                : string.Create(CultureInfo.InvariantCulture, $"auto: about {seconds:g2} s of E-steps on the cpu");
            if (options.Providers.Count == 0)
                return OnHost(onHost, estimate);
            IBackendProvider[] worthIt = [.. options.Providers.Where(provider => seconds >= provider.StartSeconds(plan))];
            if (worthIt.Length == 0)
                return OnHost(onHost, estimate + ", less than starting a device takes");

            foreach (IBackendProvider provider in worthIt)
            {
                if (provider.FindFastDevice() is not { } fast)
                    continue;
                try
                {
                    return OnDevice(provider, fast, $"{estimate}, so {fast}");
                }
                catch (DeviceNotAvailableException exception)
                {
                    return OnHost(onHost, $"{estimate}, but {exception.Message}");
                }
            }
            return OnHost(onHost, estimate + ", and no faster device is here");
        }
    }

    /// <summary>The provider of a device that is not the library's own.</summary>
    /// <param name="options">Providers.</param>
    /// <param name="device">The device; null where the name is none.</param>
    /// <exception cref="ArgumentException">No provider has the kind.</exception>
    internal static IBackendProvider ProviderOf(CalibrationOptions options, DeviceName? device) =>
        options.Providers.FirstOrDefault(provider => device is not null && provider.Kinds.Contains(device.Kind)) ?? throw new ArgumentException(
            $"There is no device '{options.Device}'. Devices are {string.Join(", ", new[] { DeviceName.Auto, DeviceName.Cpu, DeviceName.Reference }.Concat(options.Providers.SelectMany(provider => provider.Kinds)))}; accelerators also by number (kind:0), or all of a kind (kind:all).",
            nameof(options));
}

/// <summary>A backend and why it is this one.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="EStep">How it computes E-steps.</param>
/// <param name="DeviceReason">Why <c>auto</c> took the device; null where a device was named.</param>
internal sealed record BackendChoice(IComputeBackend Backend, EStepChoice EStep, string? DeviceReason);
