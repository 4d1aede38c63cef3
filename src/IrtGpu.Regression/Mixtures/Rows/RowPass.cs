using IrtGpu.Foundation.Sharding;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>Passes over all rows: shards have sums of their own, which are added in order, so no number depends on threads.</summary>
internal sealed class RowPass
{
    private const int RowsPerShard = 8192;
    private const int MostShards = 256;

    private readonly MixtureData data;
    private readonly MixtureLayout layout;
    private readonly int threads;
    private readonly Shards shards;
    private readonly RowBlock[] blocks; // one a thread
    private readonly RowSums[] sums; // one a shard

    public RowPass(MixtureData data, MixtureLayout layout, int threads)
    {
        this.data = data;
        this.layout = layout;
        shards = Shards.Cut(data.RowCount, RowsPerShard, MostShards);
        this.threads = Math.Min(threads, shards.Count);
        blocks = [.. Enumerable.Range(0, this.threads).Select(_ => new RowBlock(data, layout))];
        sums = [.. Enumerable.Range(0, shards.Count).Select(_ => NewSums())];
    }

    /// <summary>Number of rows.</summary>
    public int RowCount => data.RowCount;

    /// <summary>Log-likelihood and sums.</summary>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="into">Receives the sums.</param>
    /// <param name="withCross">Whether cross-products are wanted.</param>
    /// <param name="posterior">Receives the probabilities of classes; empty: not wanted. [row, class]</param>
    public void Sum(double[] full, RowSums into, bool withCross, double[] posterior)
    {
        foreach (RowSums shard in sums)
            shard.Clear();
        Run(full, (block, shard) =>
        {
            block.AddTo(sums[shard], withCross);
            if (posterior.Length > 0)
                CopyPosterior(block, posterior);
        });
        into.Clear();
        foreach (RowSums shard in sums)
            into.Add(shard);
    }

    /// <summary>Computes all rows, block after block, shards side by side.</summary>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="work">Takes a computed block, and the shard it is of; blocks of a shard come in order.</param>
    public void Run(double[] full, Action<RowBlock, int> work)
    {
        double[] logProportion = layout.Shape.HasConstantProportions ? MixturePriors.LogProportions(layout, full) : [];
        if (threads == 1)
        {
            for (int shard = 0; shard < shards.Count; shard++)
                RunShard(blocks[0], shard);
            return;
        }
        int next = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (int shard = Interlocked.Increment(ref next); shard < shards.Count; shard = Interlocked.Increment(ref next))
                RunShard(blocks[thread], shard);
        });

        void RunShard(RowBlock block, int shard)
        {
            for (int first = shards.Begin(shard); first < shards.End(shard); first += RowBlock.Capacity)
            {
                block.Compute(first, Math.Min(RowBlock.Capacity, shards.End(shard) - first), full, logProportion);
                work(block, shard);
            }
        }
    }

    /// <summary>Number of shards.</summary>
    public int ShardCount => shards.Count;

    /// <summary>Sums of the right sizes.</summary>
    public RowSums NewSums() => new(layout.ClassCount, data.Columns.Length, data.ClassColumns.Length);

    private static void CopyPosterior(RowBlock block, double[] posterior)
    {
        int classes = posterior.Length == 0 ? 0 : block.ClassCount;
        for (int k = 0; k < classes; k++)
        {
            ReadOnlySpan<double> own = block.Probability(k);
            for (int row = 0; row < own.Length; row++)
                posterior[(block.First + row) * classes + k] = own[row];
        }
    }
}
