using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
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
        NodeMoments[] moments = [.. point.Theta.Select(theta => new NodeMoments(theta, plan.AttributeCount))];
        backend.VisitPosteriors(point, () => new InterruptibleVisitor<Visitor>(new Visitor(plan, moments, patternGroups, scores), cancellation));
        cancellation.ThrowIfCancellationRequested();
        return scores;
    }

    /// <summary>First and second powers of the nodes, by column.</summary>
    private sealed class NodeMoments
    {
        public NodeMoments(double[] theta, int attributeCount)
        {
            int nodeCount = theta.Length / attributeCount;
            First = [.. Enumerable.Range(0, attributeCount).Select(j => Column(nodeCount, node => theta[node * attributeCount + j]))];
            Second = [.. Enumerable.Range(0, attributeCount).SelectMany(j => Enumerable.Range(0, j + 1).Select(k =>
                Column(nodeCount, node => theta[node * attributeCount + j] * theta[node * attributeCount + k])))];
        }

        public double[][] First { get; } // [attribute][node]

        public double[][] Second { get; } // [packed pair of attributes][node]

        private static double[] Column(int nodeCount, Func<int, double> value) => [.. Enumerable.Range(0, nodeCount).Select(value)];
    }

    // Patterns have elements of their own in the results, so visitors of different shards never meet.
    private sealed class Visitor(CalibrationPlan plan, NodeMoments[] moments, int[] patternGroups, PatternScores scores) : IPosteriorVisitor
    {
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
                NodeMoments nodes = moments[plan.Tables[plan.Blocks[patternGroups[pattern] * scores.ClassCount + k].Table].NodeSet];
                ReadOnlySpan<double> weights = posterior.Slice(k * nodeCount, nodeCount);
                scores.ClassProbability[pattern * scores.ClassCount + k] = TensorPrimitives.Sum(weights);
                for (int j = 0; j < mean.Length; j++)
                    mean[j] += TensorPrimitives.Dot(weights, nodes.First[j]);
                for (int pair = 0; pair < covariance.Length; pair++)
                    covariance[pair] += TensorPrimitives.Dot(weights, nodes.Second[pair]);
                int node = TensorPrimitives.IndexOfMax(weights);
                if (weights[node] <= largest)
                    continue;
                largest = weights[node];
                for (int j = 0; j < map.Length; j++)
                    map[j] = nodes.First[j][node];
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
