using System.Globalization;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reduction;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.Reduction;

/// <summary>The E-step on an accelerator where attributes are summed out one after the other; what is asked of persons, once at the end, is the host's.</summary>
/// <remarks>The same bits from run to run on one device.</remarks>
internal sealed class ReducedDeviceBackend : IComputeBackend
{
    private readonly DeviceSession session;
    private readonly CalibrationPlan plan;
    private readonly IDisposable? lease;
    private readonly ReducedDeviceStep step;
    private readonly Lazy<ReducedBackend> host; // scores and sums over persons of gradients, once when the estimates are there
    private ReducedDeviceExpectation? held;

    /// <summary>Puts the data on the device and compiles the kernels.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan, with an order of elimination.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="freeBytes">Memory that may be had; null: nine tenths of what is free.</param>
    /// <param name="lease">What ends with the backend, also when this fails.</param>
    /// <exception cref="DeviceMemoryException">The device's memory does not suffice.</exception>
    public ReducedDeviceBackend(DeviceSession session, CalibrationPlan plan, PatternTable patterns, long? freeBytes = null, IDisposable? lease = null)
    {
        this.session = session;
        this.plan = plan;
        this.lease = lease;
        host = new Lazy<ReducedBackend>(() => new ReducedBackend(plan, patterns, Environment.ProcessorCount));
        try
        {
            step = new ReducedDeviceStep(session, plan, patterns, freeBytes);
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
        Capabilities = new BackendCapabilities
        {
            ShiftRefusal = "--integration reduced takes one population a block, but the means of persons differ within blocks here. Use --integration grid.",
            TryScore = point => host.Value.Capabilities.TryScore(point),
            TryCrossProduct = point => host.Value.Capabilities.TryCrossProduct(point),
            TryCrossProductOf = (point, weights) => host.Value.Capabilities.TryCrossProductOf(point, weights),
            TrySumMissingInformation = point => host.Value.Capabilities.TrySumMissingInformation(point),
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
        point.RequireNoShifts("E-steps by --integration reduced");
        return DeviceFailure.Guard(session.Device, "in an E-step", () =>
        {
            held?.BringHome();
            (double logLikelihood, double[][][] totals) = step.Compute(point);
            Lazy<double[][][]> counts = new(() => DeviceFailure.Guard(session.Device, "in copying counts", step.DownloadCounts));
            ReducedExpectation home = new(plan, step.Sets, step.Nodes, counts, totals, Environment.ProcessorCount);
            return held = new ReducedDeviceExpectation(this, home, counts) { LogLikelihood = logLikelihood };
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor => throw new NotSupportedException(point?.Plan.Integration.RefusalOf("Visits of posteriors"));

    /// <summary>Answers what an M-step asks of items.</summary>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Evaluate(ItemEvaluation evaluation) =>
        DeviceFailure.Guard(session.Device, "in reducing item derivatives", () => step.Derivatives.Compute([evaluation]));

    /// <summary>An expectation is no longer in use.</summary>
    /// <param name="expectation">One of this backend's.</param>
    public void Forget(ReducedDeviceExpectation expectation)
    {
        if (ReferenceEquals(held, expectation))
            held = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        step.Dispose();
        if (host.IsValueCreated)
            host.Value.Dispose();
        lease?.Dispose();
    }
}
