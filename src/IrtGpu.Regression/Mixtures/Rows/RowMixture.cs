using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Progress;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>Estimates a mixture in which each row has a class of its own: EM from many starts, the end by Newton steps.</summary>
internal static class RowMixture
{
    private const double EmTolerance = 1e-6; // Newton steps take it from there
    private const double EarlyTolerance = 1e-3; // of many rows, where a cycle is long and Newton steps are tried earlier
    private const double EarlyStep = 0.5;

    /// <param name="problem">The mixture.</param>
    /// <param name="progress">Who is told how far it is.</param>
    /// <param name="cancellation">Ends the work after the cycle at hand.</param>
    public static MixtureSolution Estimate(MixtureProblem problem, RegressionProgress progress, CancellationToken cancellation)
    {
        MixtureOptions options = problem.Options;
        MixtureLayout layout = problem.Layout;
        RowLikelihood likelihood = new(problem.Data, layout, options.ThreadCount);
        RowEmProblem em = new(problem, likelihood.Pass);
        EmOptions last = new() { Tolerance = Math.Max(options.Tolerance, EmTolerance), MaxCycles = options.MaxCycles, Acceleration = options.Acceleration };
        int starts = options.Starts ?? (layout.ClassCount == 1 || IsAllKnown(problem.Data) ? 1 : options.StartsFor(problem.Data.RowCount));
        RowEmProblem? smaller = starts > 1 && RowSample.Of(problem) is { } sample ? new(sample, new RowLikelihood(sample.Data, layout, options.ThreadCount).Pass) : null;
        bool isEarly = smaller is not null && problem.Priors.IsFlat && options.WithSecondDerivatives;
        EmOptions stop = isEarly ? last with { Tolerance = Math.Max(options.Tolerance, EarlyTolerance) } : last;
        (EmOutcome<RowExpectation> outcome, IReadOnlyList<StartOutcome> maxima) =
            new StartSearch<RowExpectation>(em, stop, smaller).Run(new RandomStarts(problem).Make(starts, options.Seed), progress.Steps, progress.Phase, cancellation);
        outcome = OtherOrder(problem, em, stop, outcome, progress, cancellation);
        double[] free = outcome.Parameters;
        MixturePosterior posterior = new(layout, problem.Priors, likelihood, withJacobian: false);
        MixturePosterior priorsAlone = new(layout, problem.Priors, null, withJacobian: false);
        Termination termination = outcome.Termination;
        double[] hessian = [];
        int evaluations = outcome.EStepCount;
        IReadOnlyList<int> atBound = PriorBounds.Reached(problem, layout.Expand(free));
        if (termination.Kind is TerminationKind.Converged or TerminationKind.CycleLimit && options.WithSecondDerivatives)
        {
            progress.Phase?.Report(new WorkProgress("second derivatives"));
            (hessian, double lastStep, int more) = NewtonPolish.Run(posterior, Hessian, free, atBound, isEarly ? EarlyStep : NewtonPolish.LargestStep);
            evaluations += more;
            if (isEarly && !(lastStep < EmTolerance))
            {
                outcome = new EmAlgorithm<RowExpectation>(em, last, progress.Steps, cancellation).Run(free);
                free = outcome.Parameters;
                termination = outcome.Termination;
                evaluations += outcome.EStepCount;
                if (termination.Kind is TerminationKind.Converged or TerminationKind.CycleLimit)
                {
                    (hessian, lastStep, more) = NewtonPolish.Run(posterior, Hessian, free, atBound);
                    evaluations += more;
                }
            }
            if ((isEarly || termination.Kind == TerminationKind.CycleLimit) && termination.Kind is TerminationKind.Converged or TerminationKind.CycleLimit && lastStep < options.Tolerance)
                termination = new Termination(TerminationKind.Converged, FormattableString.Invariant($"Converged in {outcome.History.Count} cycles and Newton steps, the last {lastStep:g2} (tolerance {options.Tolerance:g2})."));
        }
        double[] gradient = new double[layout.FreeCount];
        double objective = posterior.Evaluate(free, gradient);
        if (isEarly && maxima.Count > 0)
            maxima = [maxima[0] with { LogLikelihood = Math.Max(objective, maxima[0].LogLikelihood) }, .. maxima.Skip(1)];
        return new MixtureSolution(
            layout.Expand(free), posterior.LogLikelihood + problem.Data.Constant, objective - posterior.LogLikelihood, hessian, termination, outcome.History, evaluations, maxima,
            likelihood, [.. atBound.Select(index => $"{layout.Slots[layout.FirstSlots[index]].Name} lies at an end of its prior {problem.Priors.OfSlot[layout.FirstSlots[index]]!.Text}: it has no standard error, and those of the others hold it there.")])
        {
            AtBound = atBound,
        };

        double[] Hessian(double[] at)
        {
            double[] second = layout.CollapseHessian(RowInformation.Hessian(problem, likelihood.Pass, layout.Expand(at)));
            if (problem.Priors.IsFlat)
                return second;
            double[] ofPriors = HessianByDifferences.Of(priorsAlone, at);
            System.Numerics.Tensors.TensorPrimitives.Add(second, ofPriors, second);
            return second;
        }
    }

    /// <summary>Where priors tell classes apart, classes may have settled in an order that the priors find less likely: tries the others.</summary>
    private static EmOutcome<RowExpectation> OtherOrder(
        MixtureProblem problem, RowEmProblem em, EmOptions stop, EmOutcome<RowExpectation> outcome, RegressionProgress progress, CancellationToken cancellation)
    {
        if (problem.IsExchangeable || problem.Data.KnownClass is not null || outcome.Termination.Kind == TerminationKind.Degenerate)
            return outcome;
        double[] full = problem.Layout.Expand(outcome.Parameters);
        double[]? best = null;
        double highest = outcome.Objective + 1e-6;
        foreach (int[] order in RandomStarts.Orders(problem.Layout.ClassCount).Skip(1))
        {
            double[] candidate = problem.Layout.Collapse(problem.Layout.Reorder(full, order));
            if (em.TryExpect(candidate) is { } expectation && expectation.Objective > highest)
                (highest, best) = (expectation.Objective, candidate);
        }
        if (best is null)
            return outcome;
        EmOutcome<RowExpectation> other = new EmAlgorithm<RowExpectation>(em, stop, progress.Steps, cancellation).Run(best);
        return other.Objective > outcome.Objective ? other with { EStepCount = other.EStepCount + outcome.EStepCount } : outcome;
    }

    private static bool IsAllKnown(MixtureData data) => data.KnownClass is { } known && Array.TrueForAll(known, ofClass => ofClass >= 0);
}
