using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>Estimates mixtures whose levels have effects or classes.</summary>
internal static class LevelMixture
{
    private const int PolishedRuns = 3; // of the starts that priors are climbed from

    /// <summary>Estimates.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="progress">Who is told how far it is.</param>
    /// <param name="cancellation">Ends the work after the step at hand.</param>
    /// <exception cref="DataException">The data do not allow the model.</exception>
    public static MixtureSolution Estimate(MixtureProblem problem, RegressionProgress progress, CancellationToken cancellation)
    {
        LevelSetup setup = new(problem);
        return setup.Kind switch
        {
            LevelKind.ClassesOfLevels => ClosedForm(problem, setup, progress, cancellation),
            LevelKind.ClassesWithinLevels => new QuadratureEstimation(problem, setup, progress, cancellation).Run(),
            LevelKind.Crossed => throw problem.Frame.Rows.Failure(
                $"Levels of '{problem.Layout.Shape.EffectGroup}' spread over several levels of '{problem.Options.MembershipColumn}', and the other way round, so the likelihood does not split into pieces that can be integrated. "
                + $"Use --membership {problem.Layout.Shape.EffectGroup} for classes of the levels of the effects, --membership row for classes of rows, or a column whose levels nest in those of '{problem.Layout.Shape.EffectGroup}' or hold them whole."),
            _ => throw new ArgumentOutOfRangeException(nameof(problem), setup.Kind, "There is no such kind."),
        };
    }

    private static MixtureSolution ClosedForm(MixtureProblem problem, LevelSetup setup, RegressionProgress progress, CancellationToken cancellation)
    {
        ClosedFormLevels model = setup.ClosedForm();
        LevelEmProblem em = setup.Em(model);
        double[][] starts = Starts(problem, setup, model, setup.OneClass());
        EmOptions options = new() { Tolerance = problem.Options.Tolerance, MaxCycles = problem.Options.MaxCycles, Acceleration = problem.Options.Acceleration };
        LevelLikelihood likelihood = setup.Likelihood(model);
        MixturePosterior posterior = new(problem.Layout, problem.Priors, likelihood, withJacobian: false);
        PosteriorAscent ascent = new(problem.Layout, posterior);
        if (!problem.Priors.IsFlat || !setup.Coordinates.IsExact)
            return ByAscent(problem, setup, em, starts, likelihood, posterior, ascent, progress, cancellation);

        (EmOutcome<LevelEmExpectation> outcome, IReadOnlyList<StartOutcome> maxima) = new StartSearch<LevelEmExpectation>(em, options).Run(starts, progress.Steps, cancellation);
        double[] full = setup.Coordinates.Full(setup.Coordinates.Unpack(outcome.Parameters, setup.Held), setup.Coordinates.UnpackClasses(outcome.Parameters));
        double[] free = problem.Layout.Collapse(full);
        double[] hessian = [];
        if (problem.Options.WithSecondDerivatives && outcome.Termination.Kind != TerminationKind.Degenerate)
            ascent.Polish(free, out hessian);
        return Conclude(problem, free, hessian, outcome.Termination, outcome.History, outcome.EStepCount + ascent.Evaluations, maxima, likelihood, ascent, []);
    }

    /// <summary>What EM cannot hold, or does not see: short runs of EM find where to begin, quasi-Newton steps climb the posterior.</summary>
    private static MixtureSolution ByAscent(
        MixtureProblem problem, LevelSetup setup, LevelEmProblem em, double[][] starts, LevelLikelihood likelihood, MixturePosterior posterior, PosteriorAscent ascent,
        RegressionProgress progress, CancellationToken cancellation)
    {
        EmOptions brief = new() { Tolerance = 1e-2, MaxCycles = 20 };
        List<(double[] Free, double Value)> begun = [];
        double[] unused = new double[posterior.Count];
        foreach (double[] start in starts)
        {
            if (begun.Count > 0 && cancellation.IsCancellationRequested)
                break;
            foreach (double[] vector in new[] { new EmAlgorithm<LevelEmExpectation>(em, brief, null, cancellation).Run(start).Parameters, start })
            {
                double[] free = problem.Layout.Collapse(setup.Coordinates.Full(setup.Coordinates.Unpack(vector, setup.Held), setup.Coordinates.UnpackClasses(vector)));
                double value = posterior.Evaluate(free, unused);
                if (!double.IsFinite(value))
                    continue;
                begun.Add((free, value));
                break;
            }
        }
        if (begun.Count == 0)
        {
            throw problem.Frame.Rows.Failure(
                "No start has a finite posterior density: priors with bounds may exclude what the data say. Widen the priors, or compare them with the units of the response.");
        }
        List<IterationRecord> history = [];
        List<Minimum> ends = [];
        foreach ((double[] free, _) in begun.OrderByDescending(start => start.Value).Take(PolishedRuns))
        {
            if (ends.Count == 0 || !cancellation.IsCancellationRequested)
                ends.Add(ascent.Climb(free, 1e-11, problem.Options.MaxCycles, Recorder(problem, history, progress), cancellation));
        }
        Minimum best = ends.OrderBy(end => Collapse.Find(problem, problem.Layout.Expand(end.X)) is not null).ThenBy(end => end.Value).First();
        double[] mode = (double[])best.X.Clone();
        double[] hessian = [];
        if (problem.Options.WithSecondDerivatives)
            ascent.Polish(mode, out hessian);
        IReadOnlyList<StartOutcome> maxima = starts.Length == 1 ? [] : Maxima(ends);
        return Conclude(problem, mode, hessian, Describe(problem, best), history, ascent.Evaluations, maxima, likelihood, ascent, []);
    }

    /// <summary>Starts, or the one that known classes or a single class need.</summary>
    internal static double[][] Starts(MixtureProblem problem, LevelSetup setup, ClosedFormLevels units, ClosedFormLevels oneClass)
    {
        LevelStarts maker = new(units, setup.Coordinates, setup.Held, setup.Classes, setup.IsClassFree);
        LevelStarts single = ReferenceEquals(units, oneClass) ? maker : new(oneClass, setup.Coordinates, setup.Held, setup.Classes, setup.IsClassFree);
        LevelParameters one = single.OneClass(problem.Data.LeastSquares, problem.Data.LeastSquaresDeviation);
        int count = problem.Layout.ClassCount == 1 ? 1 : problem.Options.Starts ?? (problem.Data.KnownClass is null ? MixtureOptions.DefaultStarts : 1);
        return [.. Enumerable.Range(0, count).Select(start => maker.Make(one, problem.Data.LeastSquaresDeviation, problem.Options.Seed, start))];
    }

    /// <summary>Turns steps of an ascent into records of an estimation.</summary>
    internal static Action<MinimizationStep> Recorder(MixtureProblem problem, List<IterationRecord> history, RegressionProgress progress)
    {
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        return step =>
        {
            IterationRecord record = new(
                history.Count + 1, -step.Value, 2 * step.Change, step.LargestStep, problem.Layout.Slots[problem.Layout.FirstSlots[step.Argument]].Name, "newton", clock.Elapsed.TotalSeconds);
            history.Add(record);
            progress.Steps?.Report(record);
        };
    }

    /// <summary>The solution at free parameters.</summary>
    internal static MixtureSolution Conclude(
        MixtureProblem problem, double[] free, double[] hessian, Termination termination, IReadOnlyList<IterationRecord> history, int evaluations, IReadOnlyList<StartOutcome> maxima,
        LevelLikelihood likelihood, PosteriorAscent ascent, IReadOnlyList<string> warnings)
    {
        double[] full = problem.Layout.Expand(free);
        double[] unused = new double[problem.Layout.SlotCount];
        double logLikelihood = likelihood.Evaluate(full, unused);
        double logPrior = problem.Priors.Evaluate(full, unused, withJacobian: false);
        string[] vanished = [.. Enumerable.Range(0, free.Length).Where(index => ascent.IsVanished(index, free) && problem.Layout.Slots[problem.Layout.FirstSlots[index]].Kind == Parameters.SlotKind.LogDeviation)
            .Select(index => problem.Layout.Slots[problem.Layout.FirstSlots[index]].Name)];
        List<string> all = [.. warnings];
        if (vanished.Length > 0)
        {
            all.Add($"Singular fit: {string.Join(", ", vanished)} {(vanished.Length == 1 ? "is" : "are")} 0. The data show no more variation between levels there than residuals and classes explain. "
                + "Estimates are valid; a model with fewer effects, or with their covariances equal across classes, fits as well.");
        }
        return new MixtureSolution(full, logLikelihood + problem.Data.Constant, logPrior, hessian, termination, history, evaluations, maxima, likelihood, all);
    }

    /// <summary>How an ascent ended.</summary>
    internal static Termination Describe(MixtureProblem problem, Minimum end)
    {
        if (Collapse.Find(problem, problem.Layout.Expand(end.X)) is { } collapsed)
        {
            return new Termination(TerminationKind.Degenerate, FormattableString.Invariant(
                $"Class {collapsed + 1} collapses: its residual standard deviation goes to 0, where the likelihood has no maximum. Hold sigma equal across classes, give it a prior, or ask for fewer classes."));
        }
        return end.End switch
        {
            MinimizationEnd.Converged => new Termination(TerminationKind.Converged, FormattableString.Invariant(
                $"Converged in {end.Iterations} steps, {end.Evaluations} evaluations: another step would raise the log posterior by {end.Decrement:g2}.")),
            MinimizationEnd.IterationLimit => new Termination(TerminationKind.CycleLimit, FormattableString.Invariant(
                $"Not converged: {end.Iterations} steps, and another would still raise the log posterior by {end.Decrement:g2}. Raise --max-cycles.")),
            MinimizationEnd.Interrupted => new Termination(TerminationKind.Interrupted, FormattableString.Invariant(
                $"Interrupted after {end.Iterations} steps; another would raise the log posterior by {end.Decrement:g2}. The results are those of the last step.")),
            MinimizationEnd.NoDescent => new Termination(TerminationKind.Failed, FormattableString.Invariant(
                $"Not converged: after {end.Iterations} steps none raises the log posterior, though the gradient promises {end.Decrement:g2}. Use fewer classes or effects, or stronger priors.")),
            _ => throw new ArgumentOutOfRangeException(nameof(end), end.End, "There is no such end."),
        };
    }

    /// <summary>The maxima that ascents reached, best first.</summary>
    private static List<StartOutcome> Maxima(List<Minimum> ends)
    {
        const double same = 1e-2; // of the objective
        List<StartOutcome> maxima = [];
        foreach (Minimum end in ends.OrderBy(end => end.Value))
        {
            bool isConverged = end.End == MinimizationEnd.Converged;
            int known = maxima.FindIndex(maximum => Math.Abs(maximum.LogLikelihood + end.Value) < same);
            if (known >= 0)
                maxima[known] = maxima[known] with { Count = maxima[known].Count + 1, IsConverged = maxima[known].IsConverged && isConverged };
            else
                maxima.Add(new StartOutcome(-end.Value, 1, isConverged));
        }
        return maxima;
    }
}
