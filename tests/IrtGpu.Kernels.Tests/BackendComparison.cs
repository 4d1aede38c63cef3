using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests;

/// <summary>Holds the results of two backends against each other.</summary>
internal static class BackendComparison
{
    /// <summary>Log-likelihood, node totals and, where both have them, counts of items.</summary>
    public static void AssertAgrees(CalibrationPlan plan, Expectation expected, Expectation actual, double tolerance)
    {
        AssertClose(expected.LogLikelihood, actual.LogLikelihood, tolerance, 1, "log-likelihood");
        foreach (PlannedBlock block in plan.Blocks)
            AssertAgrees(expected.TryNodeTotals(block.Index)!, actual.TryNodeTotals(block.Index)!, tolerance, $"node totals of block {block.Index}");
        for (int table = 0; table < plan.Tables.Count; table++)
            AssertAgrees(expected.Counts(plan, table), actual.Counts(plan, table), tolerance, $"counts of table {table}");
    }

    /// <summary>Largest difference in units of the larger of the two, with everything below a millionth of a person taken as that.</summary>
    public static void AssertAgrees(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            AssertClose(expected[k], actual[k], tolerance, 1e-6, $"{what} [{k}]");
    }

    /// <summary>Absolute agreement, for scores around zero.</summary>
    public static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.InRange(actual[k], expected[k] - tolerance, expected[k] + tolerance);
    }

    /// <summary>Posteriors and log-likelihoods of every pattern, and that each is visited once.</summary>
    public static void AssertPosteriorsAgree(IComputeBackend reference, IComputeBackend backend, ModelPoint point, int patternCount, double tolerance) =>
        AssertAgrees(Posteriors(reference, point, patternCount), Posteriors(backend, point, patternCount), tolerance, "posteriors");

    /// <summary>Every score of every pattern.</summary>
    public static void AssertScoresAgree(PatternScores expected, PatternScores actual, double tolerance)
    {
        AssertNear(expected.LogLikelihood, actual.LogLikelihood, 100 * tolerance);
        AssertAgrees(expected.ClassProbability, actual.ClassProbability, tolerance, "class probabilities");
        AssertNear(expected.Mean, actual.Mean, 100 * tolerance);
        AssertNear(expected.Covariance, actual.Covariance, 1000 * tolerance);
        AssertNear(expected.MapTheta, actual.MapTheta, tolerance);
    }

    /// <summary>[pattern, likelihood and (class, node)]</summary>
    private static double[] Posteriors(IComputeBackend backend, ModelPoint point, int patternCount)
    {
        int width = point.Plan.ClassCount * point.Plan.NodeCount + 1;
        double[] all = new double[patternCount * width];
        int[] visits = new int[patternCount];
        backend.VisitPosteriors(point, () => new Recorder(all, visits, width));
        Assert.All(visits, count => Assert.Equal(1, count));
        return all;
    }

    private static void AssertClose(double expected, double actual, double tolerance, double floor, string what)
    {
        double scale = Math.Max(floor, Math.Max(Math.Abs(expected), Math.Abs(actual)));
        Assert.True(
            Math.Abs(expected - actual) <= tolerance * scale,
            FormattableString.Invariant($"{what}: expected {expected:r}, got {actual:r}, off by {Math.Abs(expected - actual) / scale:g3} relative."));
    }

    private sealed class Recorder(double[] all, int[] visits, int width) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            Interlocked.Increment(ref visits[pattern]);
            all[pattern * width] = Math.Exp(logLikelihood);
            posterior.CopyTo(all.AsSpan(pattern * width + 1, width - 1));
        }
    }
}
