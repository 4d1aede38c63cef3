using System.Diagnostics;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>Climbs a log posterior from where EM has led: by quasi-Newton steps where EM does not hold or does not see all of it, and by Newton steps at the end.</summary>
/// <param name="problem">The mixture.</param>
/// <param name="likelihood">Its rows as they are evaluated.</param>
internal sealed class PosteriorAscent(MixtureProblem problem, LevelLikelihood likelihood) : ISmoothObjective
{
    /// <summary>What is said where no start has a posterior.</summary>
    public const string NoStart = "No start has a finite posterior density: priors with bounds may exclude what the data say. Widen the priors, or compare them with the units of the response.";

    private const int MostNewtonSteps = 8;
    private const int MostRounds = 3; // of second derivatives
    private const double SameCurvature = 1e-4; // steps so short leave second derivatives as they are
    private const double LargestNewtonStep = 0.1; // beyond it the ascent has not been at its end
    private const double SmallNewtonStep = 1e-9;
    private const double Tolerance = 1e-11; // of what another step gains

    private readonly MixtureLayout layout = problem.Layout;
    private readonly MixturePosterior posterior = new(problem.Layout, problem.Priors, likelihood, withJacobian: false);

    public int Count => posterior.Count;

    /// <summary>Evaluations of the gradient so far.</summary>
    public int Evaluations { get; private set; }

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        Evaluations++;
        double value = -posterior.Evaluate(x, gradient);
        for (int index = 0; index < gradient.Length; index++)
            gradient[index] = -gradient[index];
        return value;
    }

    public bool TryApproximateHessian(Span<double> hessian) => false;

    /// <summary>The free numbers with the classes in the order that the posterior prefers, where something tells classes apart; and its value.</summary>
    /// <param name="free">[free]</param>
    public (double[] Free, double Value) BestOrder(double[] free)
    {
        double[] unused = new double[Count];
        (double[] Free, double Value) best = (free, -Evaluate(free, unused));
        if (problem.IsExchangeable || problem.Data.KnownClass is not null)
            return best;
        double[] full = layout.Expand(free);
        foreach (int[] order in RandomStarts.Orders(layout.ClassCount).Skip(1))
        {
            double[] candidate = layout.Collapse(layout.Reorder(full, order));
            double value = -Evaluate(candidate, unused);
            if (value > best.Value || !double.IsFinite(best.Value))
                best = (candidate, value);
        }
        return best;
    }

    /// <summary>Quasi-Newton steps to the mode.</summary>
    /// <param name="free">Where to begin. [free]</param>
    /// <param name="maxSteps">Largest number of steps.</param>
    /// <param name="history">Receives a record a step.</param>
    /// <param name="progress">Who is told.</param>
    /// <param name="cancellation">Asks to stop after the step at work.</param>
    public Minimum Climb(double[] free, int maxSteps, List<IterationRecord> history, RegressionProgress progress, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        QuasiNewtonMinimizer minimizer = new(this)
        {
            Tolerance = Tolerance,
            MaxIterations = maxSteps,
            LargestStep = 1,
            Progress = step =>
            {
                IterationRecord record = new(history.Count + 1, -step.Value, 2 * step.Change, step.LargestStep, layout.Slots[layout.FirstSlots[step.Argument]].Name, "newton", clock.Elapsed.TotalSeconds);
                history.Add(record);
                progress.Steps?.Report(record);
            },
        };
        return minimizer.Minimize(free, cancellation);
    }

    /// <summary>Newton steps while they gain; variances of 0 stay where they are.</summary>
    /// <param name="free">In: near the mode; out: at it. [free]</param>
    /// <param name="termination">In: how it was reached; out: that it is the mode after all, where steps have become small.</param>
    /// <param name="cycles">Cycles it took.</param>
    /// <returns>Second derivatives at the end. [free, free]</returns>
    public double[] Polish(double[] free, ref Termination termination, int cycles)
    {
        int n = free.Length;
        double[] gradient = new double[n];
        double[] other = new double[n];
        double[] candidate = new double[n];
        double value = Evaluate(free, gradient);
        for (int round = 0; ; round++)
        {
            double[] hessian = HessianByDifferences.Of(posterior, free);
            Evaluations += 4 * n;
            double[] factor = Curvature(hessian, free);
            if (n == 0 || !CholeskySolver.TryFactor(factor, n))
                return hessian;
            double moved = 0;
            for (int count = 0; count < MostNewtonSteps; count++)
            {
                double[] step = new double[n];
                for (int index = 0; index < n; index++)
                    step[index] = LevelCoordinates.IsVanished(layout, index, free) ? 0 : -gradient[index];
                CholeskySolver.Solve(factor, step, n);
                double largest = step.Max(Math.Abs);
                if (termination.Kind == TerminationKind.CycleLimit && largest < problem.Options.Tolerance)
                    termination = new Termination(TerminationKind.Converged, FormattableString.Invariant($"Converged in {cycles} cycles and Newton steps, the last {largest:g2} (tolerance {problem.Options.Tolerance:g2})."));
                if (!(largest > SmallNewtonStep) || largest > LargestNewtonStep)
                    break;
                for (int index = 0; index < n; index++)
                    candidate[index] = free[index] + step[index];
                double next = Evaluate(candidate, other);
                if (!(next <= value + 1e-9 + 1e-13 * Math.Abs(value)))
                    break;
                moved += largest;
                value = next;
                candidate.CopyTo(free, 0);
                other.CopyTo(gradient, 0);
            }
            if (moved < SameCurvature || round == MostRounds)
                return hessian;
        }
    }

    /// <summary>How an ascent ended.</summary>
    public Termination Describe(Minimum end)
    {
        if (Collapse.Find(problem, layout.Expand(end.X)) is { } collapsed)
        {
            return new Termination(TerminationKind.Degenerate, FormattableString.Invariant(
                $"Class {collapsed + 1} collapses: its residual standard deviation goes to 0, where the likelihood has no maximum. Hold sigma equal across classes, give it a prior, or ask for fewer classes."));
        }
        return end.End switch
        {
            MinimizationEnd.Converged => new Termination(TerminationKind.Converged, FormattableString.Invariant(
                $"Converged in {end.Iterations} steps, {end.Evaluations} evaluations: another step would raise the log posterior by {end.Decrement:g2} (tolerance {Tolerance:g2}).")),
            MinimizationEnd.IterationLimit => new Termination(TerminationKind.CycleLimit, FormattableString.Invariant(
                $"Not converged: {end.Iterations} steps, and another would still raise the log posterior by {end.Decrement:g2} (tolerance {Tolerance:g2}). Raise --max-cycles.")),
            MinimizationEnd.Interrupted => new Termination(TerminationKind.Interrupted, FormattableString.Invariant(
                $"Interrupted after {end.Iterations} steps; another would raise the log posterior by {end.Decrement:g2}. The results are those of the last step.")),
            MinimizationEnd.NoDescent => new Termination(TerminationKind.Failed, FormattableString.Invariant(
                $"Not converged: after {end.Iterations} steps none raises the log posterior, though the gradient promises {end.Decrement:g2}. Use fewer classes or effects, or stronger priors.")),
            _ => throw new ArgumentOutOfRangeException(nameof(end), end.End, "There is no such end."),
        };
    }

    /// <summary>−H, with 1 on the diagonal of what has vanished.</summary>
    private double[] Curvature(double[] hessian, double[] free)
    {
        int n = free.Length;
        double[] system = Array.ConvertAll(hessian, value => -value);
        for (int row = 0; row < n; row++)
        {
            if (!LevelCoordinates.IsVanished(layout, row, free))
                continue;
            for (int column = 0; column < n; column++)
                system[row * n + column] = system[column * n + row] = 0;
            system[row * n + row] = 1;
        }
        return system;
    }
}
