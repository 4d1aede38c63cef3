using System.Diagnostics;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Estimation;

/// <summary>Minimizes the profiled criterion over ϑ by quasi-Newton steps with analytic gradients.</summary>
/// <remarks>
/// The criterion does not change when a column of T changes sign, so the bound 0 of a diagonal element is no wall: steps go over it and the
/// result is reflected. A variance that is best at 0 is then an ordinary minimum.
/// </remarks>
internal static class DirectEstimation
{
    private const double SnapLength = 1e-4; // standardized standard deviations below this are tried at 0

    /// <param name="criterion">The criterion; left at the minimum.</param>
    /// <param name="start">Where to begin. [ϑ]</param>
    /// <param name="tolerance">Ends when a step would lower the criterion by less.</param>
    /// <param name="maxIterations">Largest number of steps.</param>
    /// <param name="describe">Words for a parameter, for progress.</param>
    /// <param name="progress">Told of each step; null: no one.</param>
    /// <param name="cancellation">Asks to stop after the step at work.</param>
    public static MixedSolution Run(
        ProfiledCriterion criterion, double[] start, double tolerance, int maxIterations, Func<int, string> describe,
        IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        List<IterationRecord> history = [];
        Stopwatch clock = Stopwatch.StartNew();
        QuasiNewtonMinimizer minimizer = new(criterion)
        {
            Tolerance = tolerance,
            MaxIterations = maxIterations,
            Progress = step =>
            {
                IterationRecord record = new(step.Iteration, -step.Value / 2, step.Change, step.LargestStep, describe(step.Argument), "newton", clock.Elapsed.TotalSeconds);
                history.Add(record);
                progress?.Report(record);
            },
        };
        Minimum minimum = minimizer.Minimize(start, cancellation);
        (double[] theta, double[] gradient, double value, int snaps) = SnapToZero(criterion, minimum);
        return new MixedSolution(theta, value, gradient, minimum.Decrement, Describe(minimum, tolerance), history, minimum.Evaluations + snaps);
    }

    /// <summary>Sets standard deviations that are 0 but for rounding to 0, where the criterion is no worse for it.</summary>
    private static (double[] Theta, double[] Gradient, double Value, int Evaluations) SnapToZero(ProfiledCriterion criterion, Minimum minimum)
    {
        CovarianceParameters parameters = criterion.Parameters;
        double[] theta = parameters.Rectify(minimum.X);
        double[] snapped = (double[])theta.Clone();
        for (int index = 0; index < theta.Length; index++)
        {
            if (parameters.Slots[index].Row == parameters.Slots[index].Column && theta[index] < SnapLength && IsColumnSmall(parameters, theta, index))
                snapped[index] = 0;
        }
        double[] gradient = new double[theta.Length];
        if (snapped.AsSpan().SequenceEqual(theta) && theta.AsSpan().SequenceEqual(minimum.X))
            return (theta, minimum.Gradient, minimum.Value, 0);
        double value = criterion.Evaluate(snapped, gradient);
        if (value <= minimum.Value + 1e-9 * (1 + Math.Abs(minimum.Value) * 1e-3))
            return (snapped, gradient, value, 1);
        value = criterion.Evaluate(theta, gradient);
        return (theta, gradient, value, 2);
    }

    private static bool IsColumnSmall(CovarianceParameters parameters, double[] theta, int diagonal)
    {
        CovarianceParameters.Slot own = parameters.Slots[diagonal];
        for (int index = 0; index < theta.Length; index++)
        {
            if (parameters.Slots[index].Term == own.Term && parameters.Slots[index].Column == own.Column && Math.Abs(theta[index]) >= SnapLength)
                return false;
        }
        return true;
    }

    private static Termination Describe(Minimum minimum, double tolerance) => minimum.End switch
    {
        MinimizationEnd.Converged => new Termination(TerminationKind.Converged, FormattableString.Invariant(
            $"Converged in {minimum.Iterations} steps, {minimum.Evaluations} evaluations: another step would lower the criterion by {minimum.Decrement:g2} (tolerance {tolerance:g2}).")),
        MinimizationEnd.IterationLimit => new Termination(TerminationKind.CycleLimit, FormattableString.Invariant(
            $"Not converged: {minimum.Iterations} steps, and another would still lower the criterion by {minimum.Decrement:g2} (tolerance {tolerance:g2}). Raise --max-cycles.")),
        MinimizationEnd.Interrupted => new Termination(TerminationKind.Interrupted, FormattableString.Invariant(
            $"Interrupted after {minimum.Iterations} steps; another would lower the criterion by {minimum.Decrement:g2}. The results are those of the last step.")),
        MinimizationEnd.NoDescent => new Termination(TerminationKind.Failed, FormattableString.Invariant(
            $"Not converged: after {minimum.Iterations} steps none lowers the criterion, though the gradient promises {minimum.Decrement:g2}. The random-effect terms may be too many for the data; use fewer.")),
        _ => throw new ArgumentOutOfRangeException(nameof(minimum), minimum.End, "There is no such end."),
    };
}
