using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring;

namespace IrtGpu.Tests.Compute.WeightedScore;

/// <summary>Scores interpolated in the weighted score against sums over the posterior's nodes.</summary>
public sealed class WeightedScoringTests
{
    [Theory]
    [MemberData(nameof(WeightedScoreTests.Problems), MemberType = typeof(WeightedScoreTests))]
    public void Scores_agree_with_sums_over_nodes(string function, int groups, int classes, bool moving, double booklets)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make(function, groups, classes, moving, booklets);
        using ReferenceBackend reference = new(plan, patterns);
        using CpuBackend weighted = new(plan, patterns, 2, EStepForm.WeightedScore);
        Assert.NotNull(weighted.TryComputeScores(point));
        PatternScores expected = PatternScorer.Score(point, patterns.Groups, reference);
        PatternScores actual = PatternScorer.Score(point, patterns.Groups, weighted);

        AssertClose(expected.Mean, actual.Mean, 1e-9);
        AssertClose(expected.Covariance, actual.Covariance, 1e-9);
        AssertClose(expected.ClassProbability, actual.ClassProbability, 1e-9);
        AssertClose(expected.LogLikelihood, actual.LogLikelihood, 1e-9);
        AssertSameNodesButForTies(patterns, reference, point, actual.MapTheta);
    }

    [Fact]
    public void Known_classes_are_kept()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make("2pl", 1, 2, moving: false, booklets: 0);
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
            patterns.KnownClasses[pattern] = pattern % 3 - 1;
        using ReferenceBackend reference = new(plan, patterns);
        using CpuBackend weighted = new(plan, patterns, 2, EStepForm.WeightedScore);
        PatternScores expected = PatternScorer.Score(point, patterns.Groups, reference);
        PatternScores actual = PatternScorer.Score(point, patterns.Groups, weighted);
        AssertClose(expected.Mean, actual.Mean, 1e-9);
        AssertClose(expected.ClassProbability, actual.ClassProbability, 1e-9);
        AssertSameNodesButForTies(patterns, reference, point, actual.MapTheta);
    }

    [Fact]
    public void Scores_have_the_same_bits_for_any_number_of_threads()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make("gpcm", 2, 1, moving: false, booklets: 0.5, persons: 20_000);
        using CpuBackend one = new(plan, patterns, 1, EStepForm.WeightedScore);
        using CpuBackend many = new(plan, patterns, 7, EStepForm.WeightedScore);
        PatternScores expected = one.TryComputeScores(point)!;
        PatternScores actual = many.TryComputeScores(point)!;
        Assert.Equal(expected.Mean, actual.Mean);
        Assert.Equal(expected.Covariance, actual.Covariance);
        Assert.Equal(expected.MapTheta, actual.MapTheta);
    }

    [Fact]
    public void Slopes_that_run_off_are_scored_at_the_nodes()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make("2pl", 1, 1, moving: false, booklets: 0);
        double[] free = [.. point.Parameters.Free];
        free[Enumerable.Range(0, free.Length).First(index => plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind == ParameterKind.Slope)] = 1e7;
        ModelPoint far = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
        using CpuBackend tables = new(plan, patterns, 1, EStepForm.Tables);
        using CpuBackend weighted = new(plan, patterns, 1, EStepForm.WeightedScore);
        Assert.Null(weighted.TryComputeScores(far));
        AssertClose(PatternScorer.Score(far, patterns.Groups, tables).Mean, PatternScorer.Score(far, patterns.Groups, weighted).Mean, 1e-8);
    }

    /// <summary>Nodes may differ only where two posterior weights are the same up to rounding.</summary>
    private static void AssertSameNodesButForTies(PatternTable patterns, ReferenceBackend reference, ModelPoint point, double[] nodes)
    {
        int compared = reference.VisitPosteriors(point, () => new LargestNodeCheck(patterns, point, nodes)).Sum(visitor => visitor.Compared);
        Assert.Equal(patterns.PatternCount, compared);
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.True(Math.Abs(expected[k] - actual[k]) <= tolerance, $"element {k}: {actual[k]:r} instead of {expected[k]:r}");
    }

    private sealed class LargestNodeCheck(PatternTable patterns, ModelPoint point, double[] nodes) : IPosteriorVisitor
    {
        public int Compared { get; private set; }

        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            CalibrationPlan plan = point.Plan;
            double largest = System.Numerics.Tensors.TensorPrimitives.Max(posterior);
            double chosen = 0;
            for (int k = 0; k < plan.ClassCount; k++)
            {
                double[] theta = point.Theta[plan.Tables[plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k].Table].NodeSet];
                int node = Array.IndexOf(theta, nodes[pattern]);
                if (node >= 0)
                    chosen = Math.Max(chosen, posterior[k * plan.NodeCount + node]);
            }
            Assert.InRange(chosen, largest * (1 - 1e-9), largest);
            Compared++;
        }
    }
}
