using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction;

/// <summary>Posterior summaries of patterns in the reduced form.</summary>
/// <param name="model">The model at a point.</param>
/// <param name="patterns">The data.</param>
/// <param name="threads">Number of threads.</param>
internal sealed class ReducedScores(ReducedModel model, PatternTable patterns, int threads)
{
    private readonly ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
    private readonly CalibrationPlan plan = model.Plan;
    private readonly int[] roots = [.. model.Steps.Where(step => step.Source.Parent < 0).Select(step => step.Source.Index)];

    /// <summary>The summaries.</summary>
    public PatternScores Result { get; } = new(
        model.Plan.AttributeCount, model.Plan.ClassCount, new double[patterns.PatternCount * model.Plan.AttributeCount],
        new double[patterns.PatternCount * model.Plan.CovarianceCount], new double[patterns.PatternCount * model.Plan.AttributeCount],
        new double[patterns.PatternCount * model.Plan.ClassCount], new double[patterns.PatternCount]);

    /// <summary>Summarises a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="messages">Its messages. [class]</param>
    /// <param name="logLikelihood">[pattern of the run]</param>
    /// <param name="probability">Posterior class probabilities. [pattern of the run, class]</param>
    public void Add(ReducedPatterns run, ReducedMessages[] messages, double[] logLikelihood, double[] probability)
    {
        logLikelihood.CopyTo(Result.LogLikelihood, run.Begin);
        probability.CopyTo(Result.ClassProbability, run.Begin * plan.ClassCount);
        double[] largest = new double[logLikelihood.Length];
        for (int k = 0; k < messages.Length; k++)
        {
            using ReducedMoments moments = new(model, run, k, messages[k], parallel);
            Parallel.For(0, logLikelihood.Length, parallel, pattern => Add(run, moments, pattern, probability[pattern * plan.ClassCount + k], ref largest[pattern]));
        }
        Parallel.For(0, logLikelihood.Length, parallel, pattern => Centre(run.Begin + pattern));
    }

    private void Add(ReducedPatterns run, ReducedMoments moments, int pattern, double weight, ref double largest)
    {
        if (weight == 0)
            return;
        Span<double> mean = stackalloc double[plan.AttributeCount];
        Span<double> square = stackalloc double[plan.CovarianceCount];
        double likeliest = weight;
        for (int root = 0; root < roots.Length; root++)
        {
            moments.OfRoot(roots[root], run.Roots[root][pattern], mean, square);
            likeliest *= moments.LargestOfRoot(roots[root], run.Roots[root][pattern]);
        }
        for (int root = 1; root < roots.Length; root++)
        {
            foreach (int j in moments.AttributesOf(roots[root]))
            {
                for (int before = 0; before < root; before++)
                {
                    foreach (int i in moments.AttributesOf(roots[before]))
                        square[PackedTriangle.SymmetricIndex(i, j)] = mean[i] * mean[j]; // nothing joins them
                }
            }
        }
        AddTo(Result.Mean.AsSpan((run.Begin + pattern) * plan.AttributeCount, plan.AttributeCount), mean, weight);
        AddTo(Result.Covariance.AsSpan((run.Begin + pattern) * plan.CovarianceCount, plan.CovarianceCount), square, weight);
        if (likeliest <= largest)
            return;
        largest = likeliest;
        Span<int> nodes = stackalloc int[plan.AttributeCount];
        for (int root = 0; root < roots.Length; root++)
            moments.Locate(roots[root], run.Roots[root][pattern], nodes);
        for (int j = 0; j < nodes.Length; j++)
            Result.MapTheta[(run.Begin + pattern) * plan.AttributeCount + j] = plan.Grid.Line[nodes[j]];
    }

    private static void AddTo(Span<double> sum, ReadOnlySpan<double> terms, double weight)
    {
        for (int k = 0; k < sum.Length; k++)
            sum[k] += weight * terms[k];
    }

    /// <summary>From mean squares to covariances.</summary>
    private void Centre(int pattern)
    {
        ReadOnlySpan<double> mean = Result.Mean.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount);
        Span<double> covariance = Result.Covariance.AsSpan(pattern * plan.CovarianceCount, plan.CovarianceCount);
        int index = 0;
        for (int j = 0; j < mean.Length; j++)
        {
            for (int k = 0; k <= j; k++, index++)
                covariance[index] = j == k ? Math.Max(0, covariance[index] - mean[j] * mean[j]) : covariance[index] - mean[j] * mean[k];
        }
    }
}
