using System.Runtime.CompilerServices;
using IrtGpu.Compute;
using IrtGpu.Compute.Loops;
using IrtGpu.Planning;

namespace IrtGpu.Scoring;

/// <summary>Reduces posteriors to means, covariances, largest nodes and class memberships.</summary>
public static class PatternScorer
{
    /// <summary>Scores every pattern of the backend's data.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <param name="patternGroups">Observed group of each pattern. [pattern]</param>
    /// <param name="backend">Computes the posteriors.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static PatternScores Score(ModelPoint point, int[] patternGroups, IComputeBackend backend, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patternGroups);
        ArgumentNullException.ThrowIfNull(backend);
        if (backend.Capabilities.TryScore(point) is { } computed)
            return computed;
        CalibrationPlan plan = point.Plan;
        int count = patternGroups.Length;
        PatternScores scores = new(
            plan.AttributeCount, plan.ClassCount, new double[count * plan.AttributeCount], new double[count * plan.CovarianceCount],
            new double[count * plan.AttributeCount], new double[count * plan.ClassCount], new double[count]);
        NodeColumns[] nodes = [.. point.Theta.Select(theta => new NodeColumns(theta, plan.AttributeCount))];
        backend.VisitPosteriors(point, () => new InterruptibleVisitor<Visitor>(new Visitor(plan, nodes, patternGroups, scores), cancellation));
        cancellation.ThrowIfCancellationRequested();
        return scores;
    }

    // Patterns have elements of their own in the results, so visitors of different shards never meet.
    private sealed class Visitor(CalibrationPlan plan, NodeColumns[] columns, int[] patternGroups, PatternScores scores) : IPosteriorVisitor
    {
        private readonly double[] scratch = new double[columns.Max(nodes => nodes.ScratchLength)];

        private static unsafe int IndexOfLargest(ReadOnlySpan<double> weights)
        {
            fixed (double* values = weights)
                return LineKernels.Chosen.IndexOfLargest(values, weights.Length);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            int nodeCount = plan.NodeCount;
            Span<double> mean = scores.Mean.AsSpan(pattern * scores.AttributeCount, scores.AttributeCount);
            Span<double> covariance = scores.Covariance.AsSpan(pattern * plan.CovarianceCount, plan.CovarianceCount);
            Span<double> map = scores.MapTheta.AsSpan(pattern * scores.AttributeCount, scores.AttributeCount);
            scores.LogLikelihood[pattern] = logLikelihood;
            double largest = -1;
            for (int k = 0; k < scores.ClassCount; k++)
            {
                NodeColumns nodes = columns[plan.Tables[plan.Blocks[patternGroups[pattern] * scores.ClassCount + k].Table].NodeSet];
                ReadOnlySpan<double> weights = posterior.Slice(k * nodeCount, nodeCount);
                scores.ClassProbability[pattern * scores.ClassCount + k] = nodes.AddMoments(weights, mean, covariance, scratch);
                int node = IndexOfLargest(weights);
                if (weights[node] <= largest)
                    continue;
                largest = weights[node];
                for (int j = 0; j < map.Length; j++)
                    map[j] = nodes.Theta(node, j);
            }
            int index = 0;
            for (int j = 0; j < mean.Length; j++)
            {
                for (int k = 0; k <= j; k++, index++)
                    covariance[index] = j == k ? Math.Max(0, covariance[index] - mean[j] * mean[j]) : covariance[index] - mean[j] * mean[k];
            }
        }
    }
}
