using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Foundation.Progress;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Quadrature;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>Estimates a mixture whose classes vary within levels: rounds of EM between which nodes are placed anew.</summary>
/// <remarks>Within a round the nodes stay, so the log-likelihood never falls; the last round begins and ends at the same estimates.</remarks>
internal sealed class QuadratureEstimation(MixtureProblem problem, LevelSetup setup, RegressionProgress progress, CancellationToken cancellation)
{
    private const int MostRounds = 30;
    private const int BriefCycles = 8;
    private const int RowCycles = 60; // of EM without effects, which finds lines
    private const double EmTolerance = 1e-6; // Newton steps take it from there
    private const double SameEstimates = 1e-5; // change of EM's vector between the ends of two rounds

    private readonly LevelCoordinates coordinates = setup.Coordinates;
    private readonly List<IterationRecord> history = [];
    private int eSteps;

    /// <summary>Estimates.</summary>
    public MixtureSolution Run()
    {
        int nodes = NodeCount.Choose(problem, setup);
        QuadratureLevels model = setup.Quadrature(nodes);
        List<(double[] Vector, double Value)> begun = Begin(model);
        List<Finished> finished = [];
        foreach ((double[] vector, _) in begun.OrderByDescending(start => start.Value).Take(Math.Max(2, (begun.Count + 3) / 4)))
        {
            if (finished.Count == 0 || !cancellation.IsCancellationRequested)
                finished.Add(Climb(model, vector));
        }
        Finished best = finished.OrderBy(end => end.Termination.Kind == TerminationKind.Degenerate).ThenByDescending(end => end.Value).First();
        IReadOnlyList<StartOutcome> maxima = begun.Count == 1 ? [] : LevelSolution.Maxima([.. finished.Select(end => (end.Value, end.Termination))]);
        if (best.Termination.IsConverged && !cancellation.IsCancellationRequested && NodeCount.Raise(problem, setup, best.Model, problem.Layout.Expand(best.Free)) is { } more)
        {
            best = Climb(setup.Quadrature(more), setup.Vector(best.Free));
            if (maxima.Count > 0)
                maxima = [maxima[0] with { LogLikelihood = best.Value, IsConverged = best.Termination.IsConverged }, .. maxima.Skip(1)];
        }
        Integration integration = NodeCount.Check(problem, setup, best.Model, problem.Layout.Expand(best.Free));
        return Conclude(best, maxima, integration);
    }

    private Finished Climb(QuadratureLevels model, double[] vector) => problem.Priors.IsFlat && coordinates.IsExact ? Em(model, vector) : Ascend(model, vector);

    /// <summary>Lines by EM without effects from every start, then effects by a few cycles over nodes.</summary>
    private List<(double[] Vector, double Value)> Begin(QuadratureLevels model)
    {
        ClosedFormLevels rows = setup.WithoutEffects();
        double[][] starts = LevelStarts.All(problem, setup, rows, setup.OneClass());
        List<(double[] Vector, double Value)> begun = [];
        foreach (double[] start in starts)
        {
            if (begun.Count > 0 && cancellation.IsCancellationRequested)
                break;
            double[] vector = Lines(rows, start);
            double value = double.NegativeInfinity;
            for (int round = 0; round < 2; round++)
            {
                if (TryPlace(model, vector) is not { } placed)
                    break;
                EmOutcome<LevelEmExpectation> outcome = new EmAlgorithm<LevelEmExpectation>(
                    setup.Em(placed), new EmOptions { MaxCycles = BriefCycles, Tolerance = 1e-2 }, null, cancellation).Run(vector);
                eSteps += outcome.EStepCount;
                (vector, value) = (outcome.Parameters, outcome.Termination.Kind == TerminationKind.Degenerate ? double.NegativeInfinity : outcome.Objective);
            }
            begun.Add((vector, value));
        }
        return begun;
    }

    private double[] Lines(ClosedFormLevels rows, double[] start)
    {
        LevelParameters first = coordinates.Unpack(start, setup.Held);
        double[] delta = coordinates.UnpackClasses(start).ToArray();
        LevelTies ties = coordinates.Ties with { Factors = Array.ConvertAll(coordinates.Ties.Factors, _ => -1) };
        LevelParameters at = first with { Factors = [.. first.Factors.Select(_ => Array.Empty<double>())] };
        for (int cycle = 0; cycle < RowCycles; cycle++)
        {
            if (rows.TryExpect(at, setup.Classes.LogPrior(delta)) is not { } expectation)
                break;
            LevelParameters next = LevelMaximization.Maximize(expectation.Sums, at, ties, LevelStep.Effects);
            if (Collapse.Find(problem, coordinates.Full(next with { Factors = first.Factors }, delta)) is not null)
                break;
            at = next;
            delta = setup.Classes.Maximize(delta, expectation.Posterior, setup.IsClassFree);
        }
        return coordinates.Pack(at with { Factors = first.Factors }, delta);
    }

    private QuadratureLevels? TryPlace(QuadratureLevels model, double[] vector)
    {
        LevelParameters parameters = coordinates.Unpack(vector, setup.Held);
        return parameters.IsSound ? model.Place(parameters, setup.Classes.LogPrior(coordinates.UnpackClasses(vector))) : null;
    }

    private Finished Em(QuadratureLevels model, double[] start)
    {
        double[] vector = start;
        QuadratureLevels placed = TryPlace(model, vector)!;
        Termination? termination = null;
        double value = double.NaN;
        int cycles = 0;
        for (int round = 0; round < MostRounds && termination is null; round++)
        {
            EmOptions options = new()
            {
                Tolerance = problem.Options.WithSecondDerivatives ? Math.Max(problem.Options.Tolerance, EmTolerance) : problem.Options.Tolerance,
                MaxCycles = Math.Min(problem.Options.MaxCycles - cycles, 10 << Math.Min(round, 8)),
                Acceleration = problem.Options.Acceleration,
            };
            EmOutcome<LevelEmExpectation> outcome = new EmAlgorithm<LevelEmExpectation>(setup.Em(placed), options, progress.Steps, cancellation).Run(vector);
            eSteps += outcome.EStepCount;
            cycles += outcome.History.Count;
            history.AddRange(outcome.History.Select(record => record with { Cycle = history.Count + record.Cycle }));
            double moved = vector.Zip(outcome.Parameters, (left, right) => Math.Abs(left - right)).DefaultIfEmpty(0).Max();
            (vector, value) = (outcome.Parameters, outcome.Objective);
            bool isDone = outcome.Termination.IsConverged && moved < SameEstimates;
            bool isBroken = outcome.Termination.Kind is TerminationKind.Degenerate or TerminationKind.Failed or TerminationKind.Interrupted;
            if (isDone || isBroken || cycles >= problem.Options.MaxCycles)
            {
                termination = outcome.Termination.IsConverged
                    ? new Termination(TerminationKind.Converged, FormattableString.Invariant($"Converged in {cycles} cycles, nodes placed {round + 1} times: at nodes placed anew the estimates move by {moved:g2}."))
                    : outcome.Termination;
            }
            else
            {
                placed = TryPlace(placed, vector) ?? placed;
            }
        }
        termination ??= new Termination(TerminationKind.CycleLimit, $"Not converged: nodes placed {MostRounds} times, and estimates still move with them. Raise --nodes.");
        return new Finished(setup.Free(vector), value, placed, termination);
    }

    /// <summary>What EM cannot hold, or does not see: quasi-Newton steps on the posterior between placements.</summary>
    private Finished Ascend(QuadratureLevels model, double[] start)
    {
        double[] free = setup.Free(start);
        QuadratureLevels placed = Place(model, free);
        (free, double value) = new PosteriorAscent(problem, setup.Likelihood(placed)).BestOrder(free);
        if (!double.IsFinite(value))
            throw problem.Frame.Rows.Failure(PosteriorAscent.NoStart);
        placed = Place(placed, free);
        for (int round = 0; ; round++)
        {
            PosteriorAscent ascent = new(problem, setup.Likelihood(placed));
            Minimum end = ascent.Climb(free, problem.Options.MaxCycles, history, progress, cancellation);
            eSteps += ascent.Evaluations;
            double moved = free.Zip(end.X, (left, right) => Math.Abs(left - right)).DefaultIfEmpty(0).Max();
            free = end.X;
            if (moved < SameEstimates || round == MostRounds || end.End != MinimizationEnd.Converged)
                return new Finished(free, -end.Value, placed, ascent.Describe(end));
            placed = Place(placed, free);
        }
    }

    private MixtureSolution Conclude(Finished best, IReadOnlyList<StartOutcome> maxima, Integration integration)
    {
        double[] free = best.Free;
        double[] hessian = [];
        Termination termination = best.Termination;
        if (problem.Options.WithSecondDerivatives && termination.Kind is TerminationKind.Converged or TerminationKind.CycleLimit)
        {
            progress.Phase?.Report(new WorkProgress("second derivatives"));
            PosteriorAscent polish = new(problem, setup.Likelihood(best.Model));
            hessian = polish.Polish(free, ref termination, history.Count);
            eSteps += polish.Evaluations;
        }
        MixtureSolution solution = LevelSolution.Of(problem, setup, best.Model, free, hessian, termination);
        return solution with
        {
            History = history,
            Evaluations = eSteps,
            Maxima = maxima,
            Integration = integration,
            Warnings = integration.Advice is { } advice ? [.. solution.Warnings, advice] : solution.Warnings,
        };
    }

    private QuadratureLevels Place(QuadratureLevels model, double[] free)
    {
        double[] full = problem.Layout.Expand(free);
        return model.Place(coordinates.Parameters(full), setup.Classes.LogPrior(coordinates.ClassCoefficients(full)));
    }

    /// <summary>Where a run ended.</summary>
    private sealed record Finished(double[] Free, double Value, QuadratureLevels Model, Termination Termination);
}
