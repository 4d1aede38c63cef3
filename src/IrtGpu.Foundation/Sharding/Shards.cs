namespace IrtGpu.Foundation.Sharding;

/// <summary>0 … ItemCount − 1 cut into runs of nearly equal length, each with sums of its own that are added in order.</summary>
/// <remarks>The cut depends on numbers of the problem alone, never on threads: it is part of the order of summation.</remarks>
/// <param name="ItemCount">How many are cut.</param>
/// <param name="Count">Number of shards.</param>
internal readonly record struct Shards(int ItemCount, int Count)
{
    /// <summary>Cuts.</summary>
    /// <param name="itemCount">How many are cut.</param>
    /// <param name="itemsPerShard">A shard has at least so many, but for a single shard.</param>
    /// <param name="largestCount">At most so many shards; at least one is made.</param>
    public static Shards Cut(int itemCount, int itemsPerShard, long largestCount) =>
        new(itemCount, (int)Math.Clamp(itemCount / itemsPerShard, 1, Math.Max(1, largestCount)));

    /// <summary>First of a shard; of the shard after the last: the number of all.</summary>
    public int Begin(int shard) => (int)((long)ItemCount * shard / Count);

    /// <summary>One after the last of a shard.</summary>
    public int End(int shard) => Begin(shard + 1);
}
