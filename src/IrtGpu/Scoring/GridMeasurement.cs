using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;

namespace IrtGpu.Scoring;

/// <summary>Looks at populations and posteriors on the nodes of a fit.</summary>
internal static class GridMeasurement
{
    /// <summary>The look.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="expectation">The E-step there.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="scores">Posterior summaries there.</param>
    /// <param name="revisions">How often nodes were given up before.</param>
    public static GridLook Of(ModelPoint point, Expectation expectation, PatternTable patterns, PatternScores scores, int revisions)
    {
        CalibrationPlan plan = point.Plan;
        if (!plan.Integration.FollowsLines)
            return None;
        PopulationReach[] populations = plan.Grid.Moves ? [] : [.. plan.Blocks.SelectMany(block => Reaches(point, expectation, block))];
        PosteriorWidths widths = Widths(point, patterns, scores);
        (Specification.QuadratureSpecification Nodes, string Reason)? better =
            GridPlanner.Revise(plan.Specification.Quadrature, plan.Grid, populations, widths, revisions, Describe);
        return new GridLook
        {
            Populations = populations,
            SmallestPosteriorDeviation = double.IsFinite(widths.Smallest) ? widths.Smallest : double.NaN,
            SpacingError = widths.Error,
            Better = better?.Nodes,
            BetterReason = better?.Reason ?? "",
            Warnings = GridWarnings.Of(plan.Grid, populations, widths, Describe),
        };

        string Describe(PopulationReach reach) => GridCheck.Describe(plan, reach);
    }

    /// <summary>What there is to see where nodes follow every pattern by themselves.</summary>
    private static GridLook None => new()
    {
        Populations = [],
        SmallestPosteriorDeviation = double.NaN,
        SpacingError = double.NaN,
        Better = null,
        BetterReason = "",
        Warnings = [],
    };

    private static IEnumerable<PopulationReach> Reaches(ModelPoint point, Expectation expectation, PlannedBlock block)
    {
        CalibrationPlan plan = point.Plan;
        double weight = expectation.Population(block.Index).Weight;
        double[]? totals = expectation.TryNodeTotals(block.Index);
        for (int j = 0; j < plan.AttributeCount; j++)
        {
            double mean = point.Parameters.Slots[block.FirstMeanSlot + j];
            double deviation = Math.Sqrt(point.Parameters.Slots[block.CovarianceSlot(j, j)]);
            yield return PopulationReach.Of(plan.Grid, block.Index, j, mean, deviation, weight, totals is null ? expectation.TryLineTotals(block.Index, j) : plan.Grid.SumsAlong(totals, j));
        }
    }

    /// <summary>Posterior variances; for moving nodes as shares of the population's variance, the largest of the group's classes.</summary>
    private static PosteriorWidths Widths(ModelPoint point, PatternTable patterns, PatternScores scores)
    {
        CalibrationPlan plan = point.Plan;
        double[] variances = new double[(long)patterns.PatternCount * plan.AttributeCount];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            for (int j = 0; j < plan.AttributeCount; j++)
            {
                double variance = scores.Covariance[pattern * plan.CovarianceCount + PackedTriangle.Diagonal(j)];
                variances[pattern * plan.AttributeCount + j] = plan.Grid.Moves ? variance / LargestVariance(patterns.Groups[pattern], j) : variance;
            }
        }
        return new PosteriorWidths(variances, patterns.Frequency, plan.Grid.Spacing);

        double LargestVariance(int group, int attribute)
        {
            double largest = 0;
            for (int k = 0; k < plan.ClassCount; k++)
                largest = Math.Max(largest, point.Parameters.Slots[plan.Blocks[group * plan.ClassCount + k].CovarianceSlot(attribute, attribute)]);
            return largest;
        }
    }
}
