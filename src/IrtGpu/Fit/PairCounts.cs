using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>How often each two responses to two items were given together in one observed group.</summary>
/// <remarks>One pass over patterns, in shards that are added in order.</remarks>
internal sealed class PairCounts
{
    private const int PatternsPerShard = 4096;
    private const int LargestShardCount = 16;
    private const long LargestBytes = 1L << 29;

    private readonly CalibrationPlan plan;
    private readonly double[] counts; // [row, row], of an earlier and a later item, or of an item with itself
    private readonly int rowCount;

    private PairCounts(CalibrationPlan plan, double[] counts)
    {
        this.plan = plan;
        this.counts = counts;
        rowCount = plan.RowCount;
    }

    /// <summary>Counts.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static PairCounts Of(CalibrationPlan plan, PatternTable patterns, int[] members, int threads, CancellationToken cancellation)
    {
        long cells = (long)plan.RowCount * plan.RowCount;
        Shards shards = Shards.Cut(members.Length, PatternsPerShard, Math.Min(LargestShardCount, LargestBytes / (cells * sizeof(double))));
        double[][] parts = new double[shards.Count][];
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, shard =>
        {
            parts[shard] = new double[cells];
            int[] given = new int[plan.ItemCount];
            for (int position = shards.Begin(shard); position < shards.End(shard) && !cancellation.IsCancellationRequested; position++)
                Add(plan, patterns.Row(members[position]), patterns.Frequency[members[position]], given, parts[shard]);
        });
        cancellation.ThrowIfCancellationRequested();
        for (int shard = 1; shard < shards.Count; shard++)
            System.Numerics.Tensors.TensorPrimitives.Add(parts[0], parts[shard], parts[0]);
        return new PairCounts(plan, parts[0]);
    }

    /// <summary>Persons with these two responses.</summary>
    /// <param name="row">Category row of the earlier item.</param>
    /// <param name="later">Category row of the later item, or of the same.</param>
    public double this[int row, int later] => counts[(long)row * rowCount + later];

    /// <summary>Persons that gave the response.</summary>
    /// <param name="row">Category row.</param>
    public double Of(int row) => this[row, row];

    /// <summary>Number, sums and sum of products of category numbers among the persons that answered two items.</summary>
    /// <param name="first">The earlier item.</param>
    /// <param name="second">The later item, or the same.</param>
    public PairSums Sums(int first, int second)
    {
        PairSums sums = default;
        for (int a = 0; a < plan.Items[first].CategoryCount; a++)
        {
            for (int b = 0; b < plan.Items[second].CategoryCount; b++)
            {
                double count = this[plan.Items[first].FirstRow + a, plan.Items[second].FirstRow + b];
                sums.Add(a, b, count);
            }
        }
        return sums;
    }

    private static void Add(CalibrationPlan plan, ReadOnlySpan<byte> row, double weight, int[] given, double[] counts)
    {
        int count = 0;
        for (int item = 0; item < row.Length; item++)
        {
            if (row[item] != ResponseData.Missing)
                given[count++] = plan.Items[item].FirstRow + row[item];
        }
        for (int i = 0; i < count; i++)
        {
            Span<double> to = counts.AsSpan(given[i] * plan.RowCount, plan.RowCount);
            for (int j = i; j < count; j++)
                to[given[j]] += weight;
        }
    }
}

/// <summary>Sums over persons that answered two items, x and y being the numbers of their categories.</summary>
internal record struct PairSums(double Weight, double First, double Second, double FirstSquare, double SecondSquare, double Product)
{
    /// <summary>Adds persons of one pair of categories.</summary>
    public void Add(double x, double y, double count) => this = new(
        Weight + count, First + count * x, Second + count * y, FirstSquare + count * x * x, SecondSquare + count * y * y, Product + count * x * y);

    /// <summary>Product-moment correlation; NaN where one of the two does not vary.</summary>
    public readonly double Correlation
    {
        get
        {
            double covariance = Product / Weight - First / Weight * (Second / Weight);
            double variances = (FirstSquare / Weight - First / Weight * (First / Weight)) * (SecondSquare / Weight - Second / Weight * (Second / Weight));
            return variances > 1e-14 ? covariance / Math.Sqrt(variances) : double.NaN;
        }
    }
}
