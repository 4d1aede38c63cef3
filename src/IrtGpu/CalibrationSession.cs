using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring;

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

    /// <summary>Estimates by marginal maximum likelihood.</summary>
    /// <param name="start">A finished fit to begin from (<see cref="CalibrationOptions.Start"/>); null: the marginal distributions of the items.</param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="cancellation">Ends the estimation after the running cycle; the result says so and keeps what was reached.</param>
    /// <exception cref="Specification.SpecificationException">Nothing of the start is in the model.</exception>
    public CalibrationFit Fit(ModelPoint? start = null, IProgress<IterationRecord>? progress = null, CancellationToken cancellation = default)
    {
        CalibrationPlan plan = Problem.Plan;
        FittedStart? given = start is null ? null : FittedStart.Of(start.Parameters, start.Plan, plan, Problem.Patterns);
        double[][] starts = [.. StartingValues.Search(plan, Problem.Patterns, given, options.Starts, options.Seed).Select(one => one.Free)];
        EmOptions em = new() { Tolerance = options.Tolerance, MaxCycles = options.MaxCycles, Acceleration = options.Acceleration };
        (EmOutcome<EvaluatedPoint> outcome, IReadOnlyList<StartOutcome> maxima) =
            new StartSearch<EvaluatedPoint>(emProblem, em).Run(starts, progress, cancellation);
        outcome = AlignClasses(outcome);
        return new CalibrationFit(outcome.Expectation)
        {
            GradientNorm = Math.Sqrt(emProblem.Gradient(outcome.Expectation).Sum(value => value * value)),
            Termination = outcome.Termination,
            History = outcome.History,
            EStepCount = outcome.EStepCount,
            Maxima = maxima,
            Warnings = [.. given?.Warnings ?? [], .. ResultWarnings.Of(outcome.Expectation.Point)],
        };
    }

    /// <summary>The covariance matrix of the estimates, by the method that the options name.</summary>
    /// <param name="fit">Of this session, not yet disposed of.</param>
    public StandardErrors StandardErrors(CalibrationFit fit)
    {
        ArgumentNullException.ThrowIfNull(fit);
        return new StandardErrorEstimator(fit.Point, fit.Expectation.Found, Problem.Patterns, backend, options.Threads).Estimate(options.StandardErrors);
    }

    /// <summary>Posterior summaries of every pattern.</summary>
    /// <param name="point">Parameters of the plan.</param>
    public PatternScores Score(ModelPoint point) => PatternScorer.Score(point, Problem.Patterns.Groups, backend);

    /// <inheritdoc/>
    public void Dispose() => backend.Dispose();

    private EmOutcome<EvaluatedPoint> AlignClasses(EmOutcome<EvaluatedPoint> outcome)
    {
        (ModelPoint point, Expectation found) = outcome.Expectation;
        ParameterVector aligned = ClassAlignment.Align(point.Plan, point.Parameters, found);
        if (ReferenceEquals(aligned, point.Parameters) || emProblem.TryExpect(aligned.Free) is not { } expectation)
            return outcome;
        outcome.Expectation.Dispose();
        return outcome with { Parameters = aligned.Free, Expectation = expectation, EStepCount = outcome.EStepCount + 1 };
    }
}
