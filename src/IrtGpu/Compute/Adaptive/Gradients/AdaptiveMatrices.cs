using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive.Gradients;

/// <summary>Matrices by free parameters, summed over patterns: what standard errors are made of.</summary>
/// <param name="plan">The plan.</param>
/// <param name="patterns">The data.</param>
/// <param name="variants">Rules, one of which each pattern has.</param>
/// <param name="threads">Number of threads.</param>
internal sealed class AdaptiveMatrices(CalibrationPlan plan, PatternTable patterns, PersonNodes[] variants, int threads)
{
    private readonly AdaptiveLayout layout = new(plan, patterns, variants[0].Stride);

    /// <summary>Σ w s sᵀ, s the gradient of a pattern's marginal log-likelihood.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    /// <param name="weights">w. [pattern]</param>
    /// <returns>Lower triangle; above it anything. [free, free]</returns>
    public double[] CrossProduct(ModelPoint point, Placements placements, double[] weights) => Sum(point, placements, weights, isCovariance: false);

    /// <summary>Σ N Cov(s | pattern), s the derivative of the complete-data log-likelihood.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    /// <returns>Lower triangle; above it anything. [free, free]</returns>
    public double[] MissingInformation(ModelPoint point, Placements placements) => Sum(point, placements, patterns.Frequency, isCovariance: true);

    private unsafe double[] Sum(ModelPoint point, Placements placements, double[] weights, bool isCovariance)
    {
        Shards shards = layout.MatrixShards;
        int order = layout.MatrixOrder;
        ItemsAt items = new(plan, point.Parameters.Slots);
        AlignedBuffer?[] sums = new AlignedBuffer?[shards.Count];
        try
        {
            Parallel.For(
                0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => (Person: new PersonPosterior(plan, patterns, variants), Gradients: new PersonGradients(plan, patterns, order, variants[0].Stride)),
                (shard, _, work) =>
                {
                    AlignedBuffer sum = sums[shard] = new AlignedBuffer((long)order * order);
                    for (int pattern = shards.Begin(shard); pattern < shards.End(shard); pattern++)
                    {
                        if (weights[pattern] == 0)
                            continue;
                        work.Person.Compute(point, items, pattern, placements);
                        if (isCovariance)
                            work.Gradients.AddCovariance(point, items, work.Person, pattern, weights[pattern], sum);
                        else
                            work.Gradients.AddCrossProduct(point, items, work.Person, pattern, weights[pattern], sum);
                    }
                    return work;
                },
                work =>
                {
                    work.Person.Dispose();
                    work.Gradients.Dispose();
                });
            int free = plan.Layout.FreeCount;
            double[] total = new double[(long)free * free];
            foreach (AlignedBuffer? sum in sums)
            {
                for (int row = 0; row < free; row++)
                {
                    for (int column = 0; column <= row; column++)
                        total[(long)row * free + column] += sum!.Pointer[(long)row * order + column];
                }
            }
            return total;
        }
        finally
        {
            foreach (AlignedBuffer? sum in sums)
                sum?.Dispose();
        }
    }
}
