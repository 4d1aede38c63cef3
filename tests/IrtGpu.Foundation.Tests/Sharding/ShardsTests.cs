using IrtGpu.Foundation.Sharding;

namespace IrtGpu.Foundation.Tests.Sharding;

public sealed class ShardsTests
{
    [Theory]
    [InlineData(0, 10, 4, 1)]
    [InlineData(9, 10, 4, 1)]
    [InlineData(20, 10, 4, 2)]
    [InlineData(45, 10, 4, 4)]
    [InlineData(1_000_003, 7, 31, 31)]
    [InlineData(100, 10, 0, 1)]
    [InlineData(int.MaxValue, 1, 64, 64)]
    public void Shards_cover_all_in_order_and_differ_by_one_at_most(int itemCount, int itemsPerShard, long largestCount, int expected)
    {
        Shards shards = Shards.Cut(itemCount, itemsPerShard, largestCount);
        Assert.Equal(expected, shards.Count);
        int end = 0;
        for (int shard = 0; shard < shards.Count; shard++)
        {
            Assert.Equal(end, shards.Begin(shard));
            end = shards.End(shard);
            Assert.InRange(end - shards.Begin(shard), itemCount / shards.Count, itemCount / shards.Count + 1);
        }
        Assert.Equal(itemCount, end);
    }
}
