using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>From estimates to a solution: likelihood, predicted effects, variances of 0, maxima.</summary>
internal static class LevelSolution
{
    private const double SameMaximum = 1e-2; // of the objective

    /// <summary>The solution at free parameters; history, evaluations and maxima are left to fill in.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="model">As it was estimated.</param>
    /// <param name="free">Estimates. [free]</param>
    /// <param name="hessian">Second derivatives there; empty where there are none. [free, free]</param>
    /// <param name="termination">Why the estimation ended.</param>
    public static MixtureSolution Of(MixtureProblem problem, LevelSetup setup, ILevelModel model, double[] free, double[] hessian, Termination termination)
    {
        MixtureLayout layout = problem.Layout;
        LevelLikelihood likelihood = setup.Likelihood(model);
        double[] full = layout.Expand(free);
        double[] unused = new double[layout.SlotCount];
        double logLikelihood = likelihood.Evaluate(full, unused);
        double logPrior = problem.Priors.Evaluate(full, unused, withJacobian: false);
        int[] vanished = [.. Enumerable.Range(0, free.Length).Where(index => LevelCoordinates.IsVanished(layout, index, free))];
        return new MixtureSolution(full, logLikelihood + problem.Data.Constant, logPrior, hessian, termination, [], 0, [], likelihood, termination.Kind == TerminationKind.Degenerate ? [] : [.. Singular(layout, vanished)])
        {
            AtBound = vanished,
            Predicted = double.IsFinite(logLikelihood) ? EffectPredictions.Of(problem, setup, model, full) : [],
        };
    }

    /// <summary>The maxima that runs reached, best first, last how many grew without bound.</summary>
    /// <param name="runs">Objective and end of each run.</param>
    public static IReadOnlyList<StartOutcome> Maxima(IReadOnlyList<(double Value, Termination Termination)> runs)
    {
        List<StartOutcome> maxima = [];
        foreach ((double value, Termination termination) in runs.Where(run => run.Termination.Kind != TerminationKind.Degenerate).OrderByDescending(run => run.Value))
        {
            int known = maxima.FindIndex(maximum => Math.Abs(maximum.LogLikelihood - value) < SameMaximum);
            if (known >= 0)
                maxima[known] = maxima[known] with { Count = maxima[known].Count + 1, IsConverged = maxima[known].IsConverged && termination.IsConverged };
            else
                maxima.Add(new StartOutcome(value, 1, termination.IsConverged));
        }
        int degenerate = runs.Count(run => run.Termination.Kind == TerminationKind.Degenerate);
        if (degenerate > 0)
            maxima.Add(new StartOutcome(double.PositiveInfinity, degenerate, false) { IsDegenerate = true });
        return maxima;
    }

    private static IEnumerable<string> Singular(MixtureLayout layout, int[] vanished)
    {
        MixtureSlot[] slots = [.. vanished.Select(index => layout.Slots[layout.FirstSlots[index]])];
        string[] zero = [.. slots.Where(slot => slot.Kind == SlotKind.LogDeviation).Select(slot => $"{slot.Name} is 0")];
        string[] ends = zero.Length > 0 ? zero : [.. slots.Select(slot => $"{slot.Name} is at the end of its range")];
        if (ends.Length > 0)
        {
            yield return $"Singular fit: {string.Join(", ", ends)}. The data show no more variation between levels in some direction than residuals and classes explain. "
                + "Estimates are valid; a model with fewer effects, or with their covariances equal across classes, fits as well.";
        }
    }
}
