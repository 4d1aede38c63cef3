using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu;

/// <summary>Calibrations by stochastic approximation: estimates and errors from draws, log-likelihood and scores from one E-step at the end.</summary>
internal static class StochasticCalibration
{
    private const double LeastAcceptance = 0.1;

    /// <summary>Estimates.</summary>
    /// <param name="problem">Data and plan.</param>
    /// <param name="options">How to estimate.</param>
    /// <param name="backend">Integrates at the estimates.</param>
    /// <param name="given">A finished fit to begin from; null: the start that is made from the data.</param>
    /// <param name="progress">Hears of every draw.</param>
    /// <param name="cancellation">Ends the estimation; the result says so and keeps what was reached.</param>
    /// <exception cref="SpecificationException">The method does not do what is asked for.</exception>
    public static CalibrationFit Fit(
        CalibrationProblem problem, CalibrationOptions options, IComputeBackend backend, FittedStart? given, IProgress<IterationRecord>? progress,
        CancellationToken cancellation)
    {
        CalibrationPlan plan = problem.Plan;
        Require(problem, options);
        ParameterVector start = given is null && SpectralStart.TryMake(plan, problem.Patterns) is { } made
            ? made
            : StartingValues.Search(plan, problem.Patterns, given, 1, options.Seed)[0];
        ModelPoint point = ModelPoint.TryCreate(plan, start) ?? throw new SpecificationException(
            "At the start a covariance matrix is not positive definite. Change the SDs, covariances or correlations that are given, or leave them out.");
        StandardErrorMethod method = Resolve(options.StandardErrors, problem.Patterns);
        StochasticOutcome outcome = new StochasticApproximation(
            plan, problem.Patterns, options.Stochastic, method is StandardErrorMethod.CrossProduct or StandardErrorMethod.Sandwich, options.Seed, options.Threads).Run(point, progress, cancellation);
        EvaluatedPoint evaluated = new(outcome.Point, backend.ComputeExpectation(outcome.Point));
        return new CalibrationFit(evaluated)
        {
            Stochastic = outcome,
            RunOffs = outcome.RunOffs,
            GradientNorm = outcome.GradientNorm,
            Termination = outcome.Termination,
            History = outcome.History,
            EStepCount = 1,
            Maxima = [],
            IntegrationError = cancellation.IsCancellationRequested ? null : backend.Capabilities.TryMeasureIntegration(outcome.Point),
            Warnings = [.. given?.Warnings ?? [], .. ResultWarnings.Of(outcome.Point, outcome.RunOffs), .. Warn(outcome)],
        };
    }

    /// <summary>The covariance matrix of the estimates.</summary>
    /// <param name="outcome">Where the estimation ended.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="asked">The estimator asked for.</param>
    /// <param name="threads">Number of threads; 0: all processors. Does not change results.</param>
    public static StandardErrors StandardErrors(StochasticOutcome outcome, PatternTable patterns, StandardErrorMethod asked, int threads)
    {
        StandardErrorMethod method = Resolve(asked, patterns);
        StandardErrors none = new(method, null, double.NaN, null) { WithoutLimit = outcome.RunOffs.Parameters };
        if (method == StandardErrorMethod.None)
            return none with { Reason = "None were asked for (--se none)." };
        if (outcome.Interior.Length == 0)
            return none with { Reason = "No parameter is free." };
        if (outcome.Information is null)
        {
            return outcome.Termination.Kind == TerminationKind.Interrupted
                ? none with { Reason = "None, because the run was interrupted.", IsInterrupted = true }
                : none with { Reason = "None, because the estimation ended before there was an information matrix." };
        }
        double[,] information = method switch
        {
            StandardErrorMethod.Complete => outcome.Complete!,
            StandardErrorMethod.CrossProduct => outcome.CrossProduct!,
            _ => outcome.Information,
        };
        if (InformationSolver.TryInvert(information, threads) is not { } covariance)
            return none with { Reason = "None, because the information matrix is not positive definite: the data do not determine all parameters, or the estimation has not converged. Give a --prior, or allow more draws (--max-draws)." };
        double condition = StandardErrorEstimator.ConditionNumber(Matrix<double>.Build.DenseOfArray(information), Matrix<double>.Build.DenseOfArray(covariance));
        if (method != StandardErrorMethod.Sandwich)
            return none with { Covariance = Expand(outcome, covariance), ConditionNumber = condition };
        Matrix<double> inverse = Matrix<double>.Build.DenseOfArray(covariance);
        Matrix<double> halfway = inverse * Matrix<double>.Build.DenseOfArray(outcome.CrossProduct!);
        return none with
        {
            Covariance = Expand(outcome, (halfway * inverse).ToArray()),
            ConditionNumber = condition,
            EffectiveParameterCount = patterns.AreSamplingWeights ? halfway.Trace() : null,
        };
    }

    private static StandardErrorMethod Resolve(StandardErrorMethod asked, PatternTable patterns) =>
        asked != StandardErrorMethod.Auto ? asked : patterns.AreSamplingWeights ? StandardErrorMethod.Sandwich : StandardErrorMethod.Louis;

    private static void Require(CalibrationProblem problem, CalibrationOptions options)
    {
        List<string> problems = [.. StochasticApproximation.Refusals(problem.Plan, problem.Patterns)];
        if (options.StandardErrors == StandardErrorMethod.Oakes)
            problems.Add("--se oakes differentiates E-steps, and stochastic approximation has none. Use --se louis, its default: the same information by another identity.");
        if (options.Starts > 1)
            problems.Add(FormattableString.Invariant($"--starts {options.Starts}: stochastic approximation makes one run, from a start of its own. Leave --starts out; another --seed makes other draws."));
        if (!(options.Stochastic.MonteCarloError > 0) || !double.IsFinite(options.Stochastic.MonteCarloError))
            problems.Add(FormattableString.Invariant($"--monte-carlo-error {options.Stochastic.MonteCarloError} must be a positive number, for example 0.05."));
        if (options.Stochastic.MostDraws < 100)
            problems.Add(FormattableString.Invariant($"--max-draws {options.Stochastic.MostDraws}: at least 100 draws are needed."));
        if (problems.Count > 0)
            throw new SpecificationException(problems);
    }

    private static IEnumerable<string> Warn(StochasticOutcome outcome)
    {
        if (outcome.Acceptance < LeastAcceptance)
        {
            yield return FormattableString.Invariant(
                $"Chains accepted {outcome.Acceptance:p0} of their proposals: posteriors of persons are far from normal, so that Monte-Carlo errors may be larger than stated. Compare with a run by another --seed.");
        }
    }

    /// <summary>Zeros where a parameter is at a bound, NaN where it ran off.</summary>
    private static double[] Expand(StochasticOutcome outcome, double[,] covariance)
    {
        int count = outcome.Point.Plan.Layout.FreeCount;
        double[] all = new double[(long)count * count];
        for (int r = 0; r < outcome.Interior.Length; r++)
        {
            for (int c = 0; c < outcome.Interior.Length; c++)
                all[(long)outcome.Interior[r] * count + outcome.Interior[c]] = covariance[r, c];
        }
        foreach (int free in outcome.RunOffs.Parameters)
        {
            for (int other = 0; other < count; other++)
                all[(long)free * count + other] = all[(long)other * count + free] = double.NaN;
        }
        return all;
    }
}
