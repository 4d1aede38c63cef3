using System.Numerics.Tensors;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>Expected numbers of persons of one observed group by response and node, under their posteriors.</summary>
/// <remarks>One pass over the group's patterns, in shards that are added in order; a shard holds counts by response and node, nothing by person.</remarks>
internal sealed class GroupCounts
{
    private const int PatternsPerShard = 2048;
    private const int LargestShardCount = 16;
    private const long LargestBytes = 1L << 29;

    private readonly GroupPopulation population;

    private GroupCounts(GroupPopulation population)
    {
        this.population = population;
        Weight = new double[population.Probability.Length];
        SquaredWeight = new double[population.Probability.Length];
    }

    /// <summary>Σ_p N_p w_p. [row, node]</summary>
    public double[] Weight { get; }

    /// <summary>Σ_p N_p w_p², from which sampling errors of shares follow. [row, node]</summary>
    public double[] SquaredWeight { get; }

    /// <summary>Counts.</summary>
    /// <param name="population">The group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static GroupCounts Of(GroupPopulation population, PatternTable patterns, int[] members, int threads, CancellationToken cancellation)
    {
        double[] logWeight = Array.ConvertAll(population.Weight, Math.Log);
        long bytes = 2L * population.Probability.Length * sizeof(double);
        Shards shards = Shards.Cut(members.Length, PatternsPerShard, Math.Min(LargestShardCount, LargestBytes / Math.Max(1, bytes)));
        GroupCounts[] parts = new GroupCounts[shards.Count];
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, shard =>
        {
            GroupCounts part = parts[shard] = new GroupCounts(population);
            double[] posterior = new double[population.NodeCount];
            double[] squared = new double[population.NodeCount];
            for (int position = shards.Begin(shard); position < shards.End(shard) && !cancellation.IsCancellationRequested; position++)
                part.Add(patterns, members[position], logWeight, posterior, squared);
        });
        cancellation.ThrowIfCancellationRequested();
        for (int shard = 1; shard < shards.Count; shard++)
        {
            TensorPrimitives.Add(parts[0].Weight, parts[shard].Weight, parts[0].Weight);
            TensorPrimitives.Add(parts[0].SquaredWeight, parts[shard].SquaredWeight, parts[0].SquaredWeight);
        }
        return parts[0];
    }

    /// <summary>Persons that gave a response. [node]</summary>
    /// <param name="row">Category row.</param>
    public ReadOnlySpan<double> Of(int row) => Weight.AsSpan(row * population.NodeCount, population.NodeCount);

    /// <summary>Persons that answered an item. [node]</summary>
    /// <param name="item">Item.</param>
    public double[] Answered(int item) => SumOfCategories(Weight, item);

    /// <summary>Summed squares of the weights of those that answered an item. [node]</summary>
    /// <param name="item">Item.</param>
    public double[] AnsweredSquared(int item) => SumOfCategories(SquaredWeight, item);

    private double[] SumOfCategories(double[] counts, int item)
    {
        double[] sum = new double[population.NodeCount];
        for (int category = 0; category < population.Plan.Items[item].CategoryCount; category++)
            TensorPrimitives.Add(counts.AsSpan((population.Plan.Items[item].FirstRow + category) * sum.Length, sum.Length), sum, sum);
        return sum;
    }

    private void Add(PatternTable patterns, int pattern, double[] logWeight, double[] posterior, double[] squared)
    {
        CalibrationPlan plan = population.Plan;
        int nodeCount = posterior.Length;
        ReadOnlySpan<byte> row = patterns.Row(pattern);
        logWeight.CopyTo(posterior, 0);
        for (int item = 0; item < row.Length; item++)
        {
            if (row[item] != ResponseData.Missing)
                TensorPrimitives.Add(posterior, population.LogProbability.AsSpan((plan.Items[item].FirstRow + row[item]) * nodeCount, nodeCount), posterior);
        }
        if (patterns.KnownClasses[pattern] is var known && known >= 0)
        {
            for (int node = 0; node < nodeCount; node++)
                posterior[node] = population.ClassOf(node) == known ? posterior[node] : double.NegativeInfinity;
        }
        TensorPrimitives.Subtract(posterior, TensorPrimitives.Max<double>(posterior), posterior);
        FixedRounding.Exp(posterior, posterior);
        TensorPrimitives.Divide(posterior, FixedOrderSums.Sum(posterior), posterior);
        TensorPrimitives.Multiply(posterior, posterior, squared);
        double frequency = patterns.Frequency[pattern];
        TensorPrimitives.Multiply(posterior, frequency, posterior);
        TensorPrimitives.Multiply(squared, frequency, squared);
        for (int item = 0; item < row.Length; item++)
        {
            if (row[item] == ResponseData.Missing)
                continue;
            int first = (plan.Items[item].FirstRow + row[item]) * nodeCount;
            TensorPrimitives.Add(posterior, Weight.AsSpan(first, nodeCount), Weight.AsSpan(first, nodeCount));
            TensorPrimitives.Add(squared, SquaredWeight.AsSpan(first, nodeCount), SquaredWeight.AsSpan(first, nodeCount));
        }
    }
}
