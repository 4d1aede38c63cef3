using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Estimation;
using IrtGpu.Regression.Mixed;
using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Inference;

/// <summary>Refits to data drawn from the fitted model, each started at its estimates.</summary>
/// <remarks>
/// Estimates of fixed effects follow the response, so data are drawn around 0 and the fixed effects added after. A data set draws from a
/// random stream of its own: results do not depend on the number of threads.
/// </remarks>
internal sealed class ParametricBootstrap
{
    private readonly MixedProblem problem;
    private readonly double[] theta;
    private readonly double[][] transforms;
    private readonly RegressionOptions options;
    private readonly double variance; // residual, standardized
    private readonly double[] fixedEffects;

    private ParametricBootstrap(MixedProblem problem, double[] theta, double sigma, double[] fixedEffects, RegressionOptions options)
    {
        this.problem = problem;
        this.theta = theta;
        this.options = options;
        this.fixedEffects = fixedEffects;
        transforms = problem.Parameters.Transforms(theta);
        variance = sigma * sigma / (problem.Scale * problem.Scale);
    }

    /// <summary>Draws and refits.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="theta">Estimates on the standardized scale. [ϑ]</param>
    /// <param name="sigma">Residual standard deviation in units of the response.</param>
    /// <param name="fixedEffects">Fixed effects in units of the data. [p]</param>
    /// <param name="options">Number of data sets, seed, threads.</param>
    /// <param name="progress">Told how many are done; null: no one.</param>
    /// <param name="cancellation">Ends the drawing.</param>
    /// <returns>Of each data set the fixed effects, then <see cref="CovarianceComponents.Deviations"/>; null where the refit did not converge or was not made.</returns>
    public static double[]?[] Run(
        MixedProblem problem, double[] theta, double sigma, double[] fixedEffects, RegressionOptions options, Action<int>? progress, CancellationToken cancellation)
    {
        ParametricBootstrap bootstrap = new(problem, theta, sigma, fixedEffects, options);
        double[]?[] results = new double[]?[options.BootstrapCount];
        int done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadCount };
        Parallel.For(
            0, results.Length, parallel,
            () => new ProfiledCriterion(problem.Data, problem.Parameters, options.Criterion == Criterion.Restricted, threads: 1),
            (index, _, criterion) =>
            {
                if (!cancellation.IsCancellationRequested)
                    results[index] = bootstrap.Refit(criterion, index);
                progress?.Invoke(Interlocked.Increment(ref done));
                return criterion;
            },
            criterion => criterion.Dispose());
        return results;
    }

    /// <summary>Percentile of values, (n + 1)p-th in order with interpolation.</summary>
    public static double Percentile(double[] sorted, double probability)
    {
        double position = Math.Clamp((sorted.Length + 1) * probability - 1, 0, sorted.Length - 1);
        int below = (int)Math.Floor(position);
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }

    private double[]? Refit(ProfiledCriterion criterion, int index)
    {
        criterion.Replace(problem.Data.WithResponse(problem.Groupings, [.. problem.FixedBasis.Columns, Draw(index)]));
        // A start off the boundary: from a variance of exactly 0 no gradient leads away.
        double[] start = (double[])theta.Clone();
        for (int parameter = 0; parameter < start.Length; parameter++)
        {
            if (problem.Parameters.Slots[parameter].Row == problem.Parameters.Slots[parameter].Column)
                start[parameter] = Math.Max(start[parameter], 0.05);
        }
        MixedSolution solution = DirectEstimation.Run(criterion, start, 1e-9, options.MaxCycles ?? 200, _ => "", progress: null, default);
        if (solution.Termination.Kind != TerminationKind.Converged)
            return null;
        double[] change = new double[problem.FixedCount];
        for (int column = 0; column < change.Length; column++)
            change[column] = problem.Scale * criterion.Fixed[column];
        problem.FixedBasis.SolveUpper(change);
        for (int column = 0; column < change.Length; column++)
            change[column] += fixedEffects[column];
        return [.. change, .. CovarianceComponents.Deviations(problem, solution.Theta, problem.Scale * Math.Sqrt(criterion.ResidualVariance))];
    }

    /// <summary>A response drawn from the fitted model, less its fixed part, standardized.</summary>
    private double[] Draw(int index)
    {
        StreamRandom random = new(options.Seed, index);
        double root = Math.Sqrt(variance);
        double[] response = new double[problem.RowCount];
        for (int grouping = 0; grouping < problem.Groupings.Length; grouping++)
        {
            GroupingData data = problem.Groupings[grouping];
            int k = data.Grouping.Width;
            double[] effects = new double[data.Grouping.ScalarCount];
            double[] normal = new double[k];
            for (int level = 0; level < data.Grouping.LevelCount; level++)
            {
                for (int c = 0; c < k; c++)
                    normal[c] = root * random.NextNormal();
                for (int row = 0; row < k; row++)
                {
                    for (int c = 0; c < k; c++)
                        effects[level * k + row] += transforms[grouping][row * k + c] * normal[c];
                }
            }
            for (int effect = 0; effect < k; effect++)
            {
                for (int row = 0; row < response.Length; row++)
                    response[row] += data.Columns[effect][row] * effects[data.Level[row] * k + effect];
            }
        }
        for (int row = 0; row < response.Length; row++)
            response[row] += root * random.NextNormal();
        return response;
    }
}
