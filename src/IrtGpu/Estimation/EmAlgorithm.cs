using System.Diagnostics;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation;

/// <summary>Where the EM algorithm ended.</summary>
/// <param name="Point">The estimates.</param>
/// <param name="Expectation">What the E-step found at the estimates.</param>
/// <param name="Termination">Why it ended.</param>
/// <param name="History">One record a cycle.</param>
/// <param name="EStepCount">Number of E-steps.</param>
internal sealed record EmOutcome(
    ModelPoint Point, Expectation Expectation, Termination Termination, IReadOnlyList<IterationRecord> History, int EStepCount);

/// <summary>The EM algorithm: E-step, M-step, acceleration guarded by the log-likelihood, convergence.</summary>
internal sealed class EmAlgorithm
{
    private const double ExpansionGain = 1e-2; // gain of log-likelihood a cycle below which a rejected proposal ends the expansion

    private readonly CalibrationPlan plan;
    private readonly IComputeBackend backend;
    private readonly CalibrationOptions options;
    private readonly MStep mStep;
    private readonly IProgress<IterationRecord>? progress;
    private readonly CancellationToken cancellation;

    public EmAlgorithm(
        CalibrationPlan plan, IComputeBackend backend, CalibrationOptions options, IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        this.plan = plan;
        this.backend = backend;
        this.options = options;
        this.progress = progress;
        this.cancellation = cancellation;
        mStep = new MStep(plan, options.MIterations, options.Threads);
    }

    /// <summary>Runs from a start until a stop rule holds.</summary>
    /// <param name="start">Where to begin.</param>
    public EmOutcome Run(ParameterVector start)
    {
        ConvergenceMonitor monitor = new(plan, options, cancellation);
        IAccelerator? accelerator = CreateAccelerator();
        ParameterExpansion? expansion = CreateExpansion();
        Stopwatch clock = Stopwatch.StartNew();
        ParameterVector plain = start; // the last plain EM step: where a rejected proposal falls back to
        ModelPoint point = CreatePoint(start);
        bool isProposal = false;
        int eSteps = 0;
        for (int cycle = 1; ; cycle++)
        {
            Expectation expectation = backend.ComputeExpectation(point);
            eSteps++;
            double objective = expectation.LogLikelihood + plan.LogPrior(point.Parameters);
            if (isProposal && monitor.HasFallen(objective))
            {
                expectation.Dispose();
                accelerator!.Reset();
                // On a flat ridge changes stay large, and where the expanded map leads off it every proposal would be rejected.
                if (monitor.LastGain < ExpansionGain)
                    expansion = null;
                progress?.Report(monitor.RecordRejection(cycle, expectation.LogLikelihood, clock.Elapsed.TotalSeconds));
                point = CreatePoint(plain);
                isProposal = false;
                if (monitor.JudgeLimits(cycle) is { } early)
                    return Finish(point, early, monitor, eSteps);
                continue;
            }
            if (monitor.HasFallen(objective))
                return new EmOutcome(point, expectation, monitor.DescribeFall(objective), monitor.History, eSteps);

            plain = mStep.Maximize(point, expectation);
            ParameterVector mapped = expansion is null ? plain : expansion.Apply(point, mStep.GradientAtStart(point, expectation), expectation, plain);
            expectation.Dispose();
            ModelPoint? proposal = Propose(accelerator, point.Parameters, mapped);
            IterationRecord record = monitor.Record(
                cycle, expectation.LogLikelihood, objective, point.Parameters, plain, proposal is null ? "em" : accelerator!.Name, clock.Elapsed.TotalSeconds);
            progress?.Report(record);
            if (monitor.Judge(record) is { } termination)
                return Finish(CreatePoint(plain), termination, monitor, eSteps);
            isProposal = proposal is not null;
            point = proposal ?? CreatePoint(plain);
        }
    }

    private EmOutcome Finish(ModelPoint point, Termination termination, ConvergenceMonitor monitor, int eSteps) =>
        new(point, backend.ComputeExpectation(point), termination, monitor.History, eSteps + 1);

    private ParameterExpansion? CreateExpansion()
    {
        // Moving nodes follow the population already, and their posterior moments are not those of a fixed density.
        if (options.Acceleration != Acceleration.Auto || plan.Grid.Moves)
            return null;
        ParameterExpansion expansion = new(plan);
        return expansion.IsUseful ? expansion : null;
    }

    private IAccelerator? CreateAccelerator() => options.Acceleration switch
    {
        Acceleration.None => null,
        Acceleration.Squarem => new SquaremAccelerator(),
        _ => new AndersonAccelerator(depth: 5),
    };

    private ModelPoint CreatePoint(ParameterVector parameters) => ModelPoint.TryCreate(plan, parameters)
        ?? throw new InvalidOperationException("A plain EM step led to a covariance matrix that is not positive definite.");

    private ModelPoint? Propose(IAccelerator? accelerator, ParameterVector current, ParameterVector mapped)
    {
        double[]? proposal = accelerator?.Propose(current.Free, mapped.Free);
        if (proposal is null)
            return null;
        for (int index = 0; index < proposal.Length; index++)
        {
            if (plan.Layout.IsBoundedLogit[index])
                proposal[index] = Math.Clamp(proposal[index], -ParameterLayout.LogitBound, ParameterLayout.LogitBound);
        }
        ParameterVector candidate = new(plan.Layout, proposal);
        return plan.IsInDomain(candidate) ? ModelPoint.TryCreate(plan, candidate) : null;
    }
}
