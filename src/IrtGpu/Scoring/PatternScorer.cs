using IrtGpu.Compute;
using IrtGpu.Planning;

namespace IrtGpu.Scoring;

/// <summary>Reduces posteriors to means, covariances, largest nodes and class memberships.</summary>
public static class PatternScorer
{
    /// <summary>Scores every pattern of the backend's data.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <param name="patternGroups">Observed group of each pattern. [pattern]</param>
    /// <param name="backend">Computes the posteriors.</param>
    public static PatternScores Score(ModelPoint point, int[] patternGroups, IComputeBackend backend)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patternGroups);
        ArgumentNullException.ThrowIfNull(backend);
        CalibrationPlan plan = point.Plan;
        int count = patternGroups.Length;
        PatternScores scores = new(
            plan.AttributeCount, plan.ClassCount, new double[count * plan.AttributeCount], new double[count * plan.CovarianceCount],
            new double[count * plan.AttributeCount], new double[count * plan.ClassCount], new double[count]);
        backend.VisitPosteriors(point, () => new Visitor(point, patternGroups, scores));
        return scores;
    }

    // Patterns have elements of their own in the results, so visitors of different shards never meet.
    private sealed class Visitor(ModelPoint point, int[] patternGroups, PatternScores scores) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            CalibrationPlan plan = point.Plan;
            int attributeCount = plan.AttributeCount;
            Span<double> mean = scores.Mean.AsSpan(pattern * attributeCount, attributeCount);
            Span<double> covariance = scores.Covariance.AsSpan(pattern * plan.CovarianceCount, plan.CovarianceCount);
            scores.LogLikelihood[pattern] = logLikelihood;
            double largest = -1;
            for (int k = 0; k < plan.ClassCount; k++)
            {
                double[] theta = point.ThetaOfBlock(plan.Blocks[patternGroups[pattern] * plan.ClassCount + k]);
                ReadOnlySpan<double> weights = posterior.Slice(k * plan.NodeCount, plan.NodeCount);
                double total = 0;
                for (int node = 0; node < weights.Length; node++)
                {
                    total += weights[node];
                    for (int j = 0; j < attributeCount; j++)
                        mean[j] += weights[node] * theta[node * attributeCount + j];
                    if (weights[node] > largest)
                    {
                        largest = weights[node];
                        theta.AsSpan(node * attributeCount, attributeCount).CopyTo(scores.MapTheta.AsSpan(pattern * attributeCount));
                    }
                }
                scores.ClassProbability[pattern * plan.ClassCount + k] = total;
            }
            for (int k = 0; k < plan.ClassCount; k++)
            {
                double[] theta = point.ThetaOfBlock(plan.Blocks[patternGroups[pattern] * plan.ClassCount + k]);
                ReadOnlySpan<double> weights = posterior.Slice(k * plan.NodeCount, plan.NodeCount);
                for (int node = 0; node < weights.Length; node++)
                    AddSquare(weights[node], theta.AsSpan(node * attributeCount, attributeCount), mean, covariance);
            }
        }

        private static void AddSquare(double weight, ReadOnlySpan<double> theta, ReadOnlySpan<double> mean, Span<double> covariance)
        {
            int index = 0;
            for (int j = 0; j < theta.Length; j++)
            {
                for (int k = 0; k <= j; k++)
                    covariance[index++] += weight * (theta[j] - mean[j]) * (theta[k] - mean[k]);
            }
        }
    }
}
