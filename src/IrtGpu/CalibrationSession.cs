using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation;
using IrtGpu.Estimation.Limits;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Progress;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>A problem on the device that computes it: fits, standard errors and scores, each on its own.</summary>
public sealed class CalibrationSession : IDisposable
{
    private readonly CalibrationOptions options;
    private readonly IComputeBackend backend;
    private readonly ItemResponseProblem emProblem;

    internal CalibrationSession(CalibrationProblem problem, CalibrationOptions options)
    {
        Problem = problem;
        this.options = options;
        BackendChoice choice = BackendCatalog.Open(options, problem.Plan, problem.Patterns);
        backend = choice.Backend;
        DeviceChoice = choice.DeviceReason;
        EStepReason = choice.EStep.Reason;
        emProblem = new ItemResponseProblem(problem.Plan, backend, options.MIterations, options.Threads);
    }

    /// <summary>Data and plan.</summary>
    public CalibrationProblem Problem { get; }

    /// <summary>What computes.</summary>
    public string Device => backend.Description;

    /// <summary>Why <c>auto</c> took that device; null where a device was named.</summary>
    public string? DeviceChoice { get; }

    /// <summary>How E-steps are computed.</summary>
    public EStepForm EStep => backend.Form;

    /// <summary>Why they are computed so.</summary>
    public string EStepReason { get; }

    /// <summary>Whether fits end once a population is clearly beyond the nodes.</summary>
    internal bool WatchesGrid { set => emProblem.WatchesGrid = value; }

    /// <summary>Estimates by marginal maximum likelihood.</summary>
    /// <param name="start">
    /// A finished fit to begin from (<see cref="CalibrationOptions.Start"/>); null: the marginal distributions of the items, and the axes of their
    /// correlations where many attributes are explored.
    /// </param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="work">Hears of the short runs from several starts.</param>
    /// <param name="cancellation">Ends the estimation after the running cycle; the result says so and keeps what was reached.</param>
    /// <exception cref="SpecificationException">Nothing of the start is in the model, or there is no likelihood where the estimation begins.</exception>
    public CalibrationFit Fit(
        ModelPoint? start = null, IProgress<IterationRecord>? progress = null, IProgress<WorkProgress>? work = null, CancellationToken cancellation = default)
    {
        CalibrationPlan plan = Problem.Plan;
        FittedStart? given = start is null ? null : FittedStart.Of(start.Parameters, start.Plan, plan, Problem.Patterns);
        if (plan.Integration.Method == IntegrationMethod.Stochastic)
            return StochasticCalibration.Fit(Problem, options, backend, given, progress, cancellation);
        double[][] starts = [.. StartingValues.Search(plan, Problem.Patterns, given, options.Starts, options.Seed).Select(one => one.Free)];
        if (given is null && plan.Integration.PersonRule is not null && SpectralStart.TryMake(plan, Problem.Patterns) is { } spectral)
            starts[0] = spectral.Free;
        return Fit(starts, given?.Warnings ?? [], options.MaxCycles, progress, work, cancellation);
    }

    /// <summary>Goes on from parameters of the plan.</summary>
    /// <param name="free">Where. [free]</param>
    /// <param name="maxCycles">Largest number of cycles.</param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="cancellation">Ends the estimation after the running cycle.</param>
    internal CalibrationFit Continue(double[] free, int maxCycles, IProgress<IterationRecord>? progress, CancellationToken cancellation) =>
        Fit([free], [], maxCycles, progress, null, cancellation);

    private CalibrationFit Fit(
        double[][] starts, IReadOnlyList<string> warnings, int maxCycles, IProgress<IterationRecord>? progress, IProgress<WorkProgress>? work,
        CancellationToken cancellation)
    {
        if (Array.Exists(starts, start => emProblem.TryCreatePoint(start) is null))
        {
            throw new SpecificationException(
                "At the start a covariance matrix is not positive definite. Change the SDs, covariances or correlations that are given, or leave them out.");
        }
        EmOptions em = new() { Tolerance = options.Tolerance, MaxCycles = maxCycles, Acceleration = options.Acceleration };
        (EmOutcome<EvaluatedPoint> outcome, IReadOnlyList<StartOutcome> maxima) = backend.Capabilities.PlaceNodes is null
            ? new StartSearch<EvaluatedPoint>(emProblem, em).Run(starts, progress, work, cancellation)
            : new PlacementRounds(emProblem, em).Run(starts, progress, work, cancellation);
        if (!double.IsFinite(outcome.Expectation.LogLikelihood))
        {
            outcome.Expectation.Dispose();
            throw new SpecificationException($"There is no result: {outcome.Termination.Message}");
        }
        outcome = AlignClasses(outcome);
        RunOffs runOffs = emProblem.FindRunOffs(outcome.Expectation);
        IntegrationError? integration = cancellation.IsCancellationRequested ? null : backend.Capabilities.TryMeasureIntegration(outcome.Expectation.Point);
        return new CalibrationFit(outcome.Expectation)
        {
            RunOffs = runOffs,
            GradientNorm = Math.Sqrt(emProblem.Gradient(outcome.Expectation).Sum(value => value * value)),
            Termination = runOffs.Parameters.Count == 0 || outcome.Termination.Kind != TerminationKind.CycleLimit ? outcome.Termination : outcome.Termination with
            {
                Message = $"{outcome.Termination.Message} Some estimates ran off (see the warnings): a --prior or a simpler model ends that, more cycles do not.",
            },
            History = outcome.History,
            EStepCount = outcome.EStepCount,
            Maxima = maxima,
            IntegrationError = integration,
            Warnings = [.. warnings, .. ResultWarnings.Of(outcome.Expectation.Point, runOffs), .. integration?.Warning(Problem.Patterns.TotalWeight) is { } warning ? (string[])[warning] : []],
        };
    }

    /// <summary>Whether the nodes of a fit reach as far as its populations, and are as dense as its posteriors ask for.</summary>
    /// <param name="fit">Of this session, not yet disposed of.</param>
    /// <param name="scores">Posterior summaries at its estimates.</param>
    public GridLook Look(CalibrationFit fit, PatternScores scores) => Look(fit, scores, 0);

    /// <summary>The same after nodes were given up.</summary>
    /// <param name="fit">Of this session, not yet disposed of.</param>
    /// <param name="scores">Posterior summaries at its estimates.</param>
    /// <param name="revisions">How often.</param>
    internal GridLook Look(CalibrationFit fit, PatternScores scores, int revisions)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(scores);
        return GridMeasurement.Of(fit.Point, fit.Expectation.Found, Problem.Patterns, scores, revisions);
    }

    /// <summary>The covariance matrix of the estimates, by the method that the options name.</summary>
    /// <param name="fit">Of this session, not yet disposed of.</param>
    /// <param name="work">Hears how far it is.</param>
    /// <param name="cancellation">Ends the work: there are then none.</param>
    public StandardErrors StandardErrors(CalibrationFit fit, IProgress<WorkProgress>? work = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fit);
        if (fit.Stochastic is { } outcome)
            return StochasticCalibration.StandardErrors(outcome, Problem.Patterns, options.StandardErrors, options.Threads);
        return new StandardErrorEstimator(fit.Point, fit.Expectation.Found, Problem.Patterns, backend, options.Threads, fit.RunOffs, work, cancellation)
            .Estimate(options.StandardErrors);
    }

    /// <summary>Posterior summaries of every pattern.</summary>
    /// <param name="point">Parameters of the plan.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public PatternScores Score(ModelPoint point, CancellationToken cancellation = default) =>
        PatternScorer.Score(point, Problem.Patterns.Groups, backend, cancellation);

    /// <inheritdoc/>
    public void Dispose() => backend.Dispose();

    private EmOutcome<EvaluatedPoint> AlignClasses(EmOutcome<EvaluatedPoint> outcome)
    {
        (ModelPoint point, Expectation found) = outcome.Expectation;
        ParameterVector aligned = ClassAlignment.Align(point.Plan, point.Parameters, found);
        if (ReferenceEquals(aligned, point.Parameters))
            return outcome;
        emProblem.Begin(aligned.Free);
        if (emProblem.TryExpect(aligned.Free) is not { } expectation)
            return outcome;
        outcome.Expectation.Dispose();
        return outcome with { Parameters = aligned.Free, Expectation = expectation, EStepCount = outcome.EStepCount + 1 };
    }
}
