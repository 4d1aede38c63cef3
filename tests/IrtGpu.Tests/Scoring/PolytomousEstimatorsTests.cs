using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Scoring;

/// <summary>Estimates of persons from polytomous items, in groups with means of their own, against the roots of their equations.</summary>
public sealed class PolytomousEstimatorsTests
{
    [Fact]
    public void Maximum_likelihood_has_no_score_left() => AssertRoots(
        PointEstimator.MaximumLikelihood, (test, row, theta, _, _) => test.Moments(row, theta).Score, (information, _) => information);

    [Fact]
    public void Weighted_likelihood_solves_Warms_equation() => AssertRoots(
        PointEstimator.WeightedLikelihood,
        (test, row, theta, _, _) => test.Moments(row, theta) is var (score, information, third) ? score + third / (2 * information) : 0,
        (information, _) => information);

    [Fact]
    public void The_posterior_mode_has_no_gradient_left() => AssertRoots(
        PointEstimator.PosteriorMode, (test, row, theta, mean, variance) => test.Moments(row, theta).Score - (theta - mean) / variance,
        (information, variance) => information + 1 / variance);

    private static void AssertRoots(
        PointEstimator estimator, Func<PlainTest, byte[], double, double, double, double> equation, Func<double, double, double> precision)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point, PersonEstimates estimates) = Estimate(Catalogue.Get("groups with free items") with { Missing = 0.1 }, estimator);
        int compared = 0;
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            if (estimates.Notes[pattern].Length > 0)
                continue;
            PlannedBlock block = plan.Blocks[patterns.Groups[pattern]];
            PlainTest test = PlainTest.Of(point, block);
            byte[] row = patterns.Row(pattern).ToArray();
            (double mean, double variance) = (point.Parameters.Slots[block.FirstMeanSlot], point.Parameters.Slots[block.FirstCovarianceSlot]);
            (double low, double high) = (-30, 30);
            for (int halving = 0; halving < 60; halving++)
            {
                double middle = 0.5 * (low + high);
                (low, high) = equation(test, row, middle, mean, variance) > 0 ? (middle, high) : (low, middle);
            }
            Assert.Equal(low, estimates.Theta[pattern], 1e-8);
            Assert.Equal(1 / Math.Sqrt(precision(test.Moments(row, low).Information, variance)), estimates.StandardErrors[pattern], 1e-7);
            compared++;
        }
        Assert.InRange(compared, patterns.PatternCount / 2, patterns.PatternCount);
    }

    private static (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point, PersonEstimates Estimates) Estimate(ModelCase problem, PointEstimator estimator)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using ReferenceBackend backend = new(plan, patterns);
        return (plan, patterns, point, PersonEstimators.Estimate(point, patterns, PatternScorer.Score(point, patterns.Groups, backend), estimator));
    }
}
