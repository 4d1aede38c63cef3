using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Foundation.Progress;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>Estimates a mixture whose units hold whole levels: EM from many starts, or, where EM does not see priors or ties, an ascent of the posterior.</summary>
internal sealed class ClosedFormEstimation(MixtureProblem problem, LevelSetup setup, RegressionProgress progress, CancellationToken cancellation)
{
    private const double EmTolerance = 1e-6; // Newton steps take it from there
    private const int BriefCycles = 20;
    private const int MostAscents = 3;

    private readonly ClosedFormLevels model = setup.ClosedForm();

    /// <summary>Estimates.</summary>
    public MixtureSolution Run()
    {
        double[][] starts = LevelStarts.All(problem, setup, model, setup.OneClass());
        LevelLikelihood likelihood = setup.Likelihood(model);
        PosteriorAscent ascent = new(problem, likelihood);
        return problem.Priors.IsFlat && setup.Coordinates.IsExact ? ByEm(starts, likelihood, ascent) : ByAscent(starts, likelihood, ascent);
    }

    private MixtureSolution ByEm(double[][] starts, LevelLikelihood likelihood, PosteriorAscent ascent)
    {
        MixtureOptions options = problem.Options;
        EmOptions stop = new() { Tolerance = options.WithSecondDerivatives ? Math.Max(options.Tolerance, EmTolerance) : options.Tolerance, MaxCycles = options.MaxCycles, Acceleration = options.Acceleration };
        (EmOutcome<LevelEmExpectation> outcome, IReadOnlyList<StartOutcome> maxima) = new StartSearch<LevelEmExpectation>(setup.Em(model), stop).Run(starts, progress.Steps, progress.Phase, cancellation);
        double[] free = setup.Free(outcome.Parameters);
        double[] hessian = [];
        Termination termination = outcome.Termination;
        if (termination.Kind is TerminationKind.Converged or TerminationKind.CycleLimit && options.WithSecondDerivatives)
        {
            progress.Phase?.Report(new WorkProgress("second derivatives"));
            hessian = ascent.Polish(free, ref termination, outcome.History.Count);
        }
        return LevelSolution.Of(problem, setup, model, free, hessian, termination) with
        {
            History = outcome.History,
            Evaluations = outcome.EStepCount + ascent.Evaluations,
            Maxima = maxima,
            Likelihood = likelihood,
        };
    }

    /// <summary>Short runs of EM find where to begin; classes that priors tell apart are put in the order that the posterior prefers.</summary>
    private MixtureSolution ByAscent(double[][] starts, LevelLikelihood likelihood, PosteriorAscent ascent)
    {
        LevelEmProblem em = setup.Em(model);
        EmOptions brief = new() { Tolerance = 1e-2, MaxCycles = BriefCycles };
        List<(double[] Free, double Value)> begun = [];
        foreach (double[] start in starts)
        {
            if (begun.Count > 0 && cancellation.IsCancellationRequested)
                break;
            double[] end = new EmAlgorithm<LevelEmExpectation>(em, brief, null, cancellation).Run(start).Parameters;
            begun.AddRange(new[] { end, start }.Select(vector => ascent.BestOrder(setup.Free(vector))).Where(candidate => double.IsFinite(candidate.Value)).Take(1));
        }
        if (begun.Count == 0)
            throw problem.Frame.Rows.Failure(PosteriorAscent.NoStart);
        List<IterationRecord> history = [];
        List<Minimum> ends = [];
        foreach ((double[] free, _) in begun.OrderByDescending(start => start.Value).Take(MostAscents))
        {
            if (ends.Count == 0 || !cancellation.IsCancellationRequested)
                ends.Add(ascent.Climb(free, problem.Options.MaxCycles, history, progress, cancellation));
        }
        Minimum best = ends.OrderBy(end => Collapse.Find(problem, problem.Layout.Expand(end.X)) is not null).ThenBy(end => end.Value).First();
        double[] mode = (double[])best.X.Clone();
        Termination termination = ascent.Describe(best);
        double[] hessian = problem.Options.WithSecondDerivatives ? ascent.Polish(mode, ref termination, history.Count) : [];
        List<(double Value, Termination Termination)> reached = [.. ends.Select(end => (-end.Value, ascent.Describe(end)))];
        return LevelSolution.Of(problem, setup, model, mode, hessian, termination) with
        {
            History = history,
            Evaluations = ascent.Evaluations,
            Maxima = starts.Length == 1 ? [] : LevelSolution.Maxima(reached),
            Likelihood = likelihood,
        };
    }
}
