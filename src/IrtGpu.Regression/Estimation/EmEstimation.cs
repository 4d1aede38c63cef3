using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Estimation;

/// <summary>Finds covariance parameters by EM, accelerated.</summary>
internal static class EmEstimation
{
    private const double Tolerance = 1e-8;
    private const int MaxCycles = 5000;

    /// <param name="problem">The model.</param>
    /// <param name="criterion">The criterion; left at the estimates.</param>
    /// <param name="start">Where to begin. [ϑ]</param>
    /// <param name="options">Stop rules.</param>
    /// <param name="progress">Told of each cycle; null: no one.</param>
    /// <param name="cancellation">Asks to stop after the cycle at work.</param>
    public static MixedSolution Run(
        MixedProblem problem, ProfiledCriterion criterion, double[] start, RegressionOptions options, IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        MixedEmProblem model = new(problem, criterion);
        EmOptions stop = new() { Tolerance = options.Tolerance ?? Tolerance, MaxCycles = options.MaxCycles ?? MaxCycles };
        EmOutcome<MixedExpectation> outcome = new EmAlgorithm<MixedExpectation>(model, stop, progress, cancellation).Run(start);
        double[] theta = problem.Parameters.Rectify(outcome.Parameters);
        double[] gradient = new double[theta.Length];
        double value = criterion.Evaluate(theta, gradient);
        return new MixedSolution(theta, value, gradient, double.NaN, outcome.Termination, outcome.History, outcome.EStepCount + 1);
    }
}
