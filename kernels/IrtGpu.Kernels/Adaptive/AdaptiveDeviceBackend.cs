using System.Globalization;
using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Integration;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>Integration about every pattern's own mode on an accelerator: E-steps, item sums and scores; modes, matrices by parameters and richer rules are the host's.</summary>
/// <remarks>The same bits from run to run on one device.</remarks>
internal sealed class AdaptiveDeviceBackend : IComputeBackend
{
    private readonly DeviceSession session;
    private readonly IDisposable? lease;
    private readonly AdaptiveBackend host;
    private readonly AdaptiveDeviceStep step;

    /// <summary>Puts the data on the device and compiles the kernels.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="rule">The rule about each mode.</param>
    /// <param name="freeBytes">Memory that may be had; null: nine tenths of what is free.</param>
    /// <param name="lease">What ends with the backend, also when this fails.</param>
    /// <exception cref="DeviceMemoryException">The device's memory does not suffice.</exception>
    public AdaptiveDeviceBackend(DeviceSession session, CalibrationPlan plan, PatternTable patterns, PersonRule rule, long? freeBytes = null, IDisposable? lease = null)
    {
        this.session = session;
        this.lease = lease;
        host = new AdaptiveBackend(plan, patterns, rule, Environment.ProcessorCount);
        try
        {
            step = new AdaptiveDeviceStep(session, plan, patterns, [.. rule.Create().Select(one => new PersonNodes(one))], freeBytes);
        }
        catch
        {
            host.Dispose();
            lease?.Dispose();
            throw;
        }
        Capabilities = host.Capabilities with
        {
            TryScore = point => DeviceFailure.Guard(session.Device, "in scoring", () => step.Score(point, host.PlaceAbout(point))),
            TryMissingInformation = static _ => null, // two E-steps a parameter are less work here
            TrySumMissingInformation = host.Capabilities.TryMissingInformation,
            Report = () => new DeviceReport(Traffic, step.Describe()),
        };
    }

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic => step.Traffic;

    /// <inheritdoc/>
    public string Description => string.Create(
        CultureInfo.InvariantCulture, $"{session.Device.Name}, {session.Device.Description} ({session.Device.Driver}), {step.Describe()}");

    /// <inheritdoc/>
    public EStepForm Form => EStepForm.OfMethod;

    /// <inheritdoc/>
    public BackendCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        point.RequireNoShifts("Nodes about the modes of persons");
        Placements placements = host.PlacedAt(point);
        return DeviceFailure.Guard(session.Device, "in an E-step", () =>
        {
            (double logLikelihood, PopulationMoments[] populations, ItemEvaluation derivatives) = step.Compute(point, placements);
            return new AdaptiveDeviceExpectation(this, point, placements, populations, derivatives) { LogLikelihood = logLikelihood };
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor => host.VisitPosteriors(point, createVisitor);

    /// <summary>Answers what an M-step asks of items.</summary>
    /// <param name="point">Of the E-step.</param>
    /// <param name="placements">Where nodes lay.</param>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Evaluate(ModelPoint point, Placements placements, ItemEvaluation evaluation) =>
        DeviceFailure.Guard(session.Device, "in summing items", () => step.Evaluate(point, placements, evaluation));

    /// <inheritdoc/>
    public void Dispose()
    {
        step.Dispose();
        host.Dispose();
        lease?.Dispose();
    }
}
