using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Reduction;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Compute;

/// <summary>Finds what computes E-steps where posteriors share no nodes: one line a method.</summary>
internal static class IntegrationEngines
{
    /// <summary>Creates the backend of the plan's method.</summary>
    /// <param name="options">Device, form of the E-step, threads.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <exception cref="ArgumentException">The name of the device is unknown.</exception>
    /// <exception cref="DeviceNotAvailableException">The device is known but cannot compute here.</exception>
    /// <exception cref="SpecificationException">A device or form of E-steps is asked for that the method does not have.</exception>
    public static BackendChoice Open(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns)
    {
        IntegrationMethod method = plan.Integration.Method;
        if (options.EStep is not (EStepForm.Auto or EStepForm.OfMethod))
            throw new SpecificationException($"--e-step {options.EStep.Name()} is a form of E-steps on a grid; --integration {method.Name()} has its own. Use --e-step auto.");
        EStepChoice choice = EStepChoice.ForMethod(plan.Integration);
        if (DeviceName.TryParse(options.Device)?.Kind is not (DeviceName.Auto or DeviceName.Cpu))
            return new BackendChoice(OnDevice(options, plan, patterns, choice), choice, null);
        IComputeBackend backend = method switch
        {
            IntegrationMethod.Reduced => new ReducedBackend(plan, patterns, options.Threads),
            IntegrationMethod.Adaptive or IntegrationMethod.Qmc or IntegrationMethod.Stochastic => new AdaptiveBackend(plan, patterns, plan.Integration.PersonRule!, options.Threads),
            _ => throw new ArgumentOutOfRangeException(nameof(plan), method, "No engine computes this method of integration."),
        };
        return new BackendChoice(backend, choice, DeviceName.TryParse(options.Device)?.Kind == DeviceName.Cpu ? null : $"auto: --integration {method.Name()} goes to a device that is named, and to no other");
    }

    private static IComputeBackend OnDevice(CalibrationOptions options, CalibrationPlan plan, PatternTable patterns, EStepChoice choice)
    {
        IntegrationMethod method = plan.Integration.Method;
        DeviceName? device = DeviceName.TryParse(options.Device);
        if (device?.Kind == DeviceName.Reference)
            throw new SpecificationException($"--device reference sums over the nodes of a grid, which --integration {method.Name()} does not have; that is computed on the cpu. Use --device cpu, or --integration grid where the nodes are few enough.");
        IBackendProvider provider = BackendCatalog.ProviderOf(options, device);
        if (provider.Computes(method))
            return provider.Create(device!, plan, patterns, choice);
        string reason = method == IntegrationMethod.Stochastic ? ": its chains are many short steps with random numbers of their own, and between any two of them parameters move" : "";
        throw new SpecificationException($"--integration {method.Name()} is computed on the cpu, not on --device {options.Device}{reason}. Use --device cpu, or another --integration.");
    }
}
