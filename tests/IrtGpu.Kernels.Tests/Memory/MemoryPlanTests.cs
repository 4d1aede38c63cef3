using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.Tests.Memory;

/// <summary>The plan alone: figures of problems that are too large to run in a test.</summary>
public sealed class MemoryPlanTests
{
    private const long GiB = 1L << 30;
    private const long Threads = 132 * 2048; // of a large card

    private static readonly ProblemSize Typical = new(1_000_000, 50, 100, 61, 1, 1, 1, 1, 1);

    [Fact]
    public void A_million_persons_by_fifty_items_stay_on_the_device()
    {
        MemoryPlan plan = MemoryPlan.Create(Typical, 80 * GiB, Threads, "cuda:0");
        Assert.True(plan.IsResident);
        Assert.Equal(1, plan.NodeTileCount);
        Assert.Equal(64, plan.NodeTileWidth);
        Assert.InRange(plan.PatternTileCapacity * (long)plan.NodeTileWidth, 1L << 21, 1L << 22); // the tile stays in the cache
        Assert.True((long)plan.SliceCount * Typical.WordCount * plan.NodeTileWidth > Threads / 2); // and keeps the card busy
        Assert.Equal(1_000_000L * (13 * 4 + 12), plan.PatternBytes);
        Assert.InRange(plan.TotalBytes, plan.PatternBytes, GiB); // nothing of size patterns times nodes: that alone were 0.5 GB
    }

    [Fact]
    public void Thirty_nodes_in_each_of_four_dimensions_fit_in_one_node_tile()
    {
        ProblemSize large = new(100_000, 100, 200, 810_000, 4, 1, 1, 1, 1);
        MemoryPlan plan = MemoryPlan.Create(large, 80 * GiB, Threads, "cuda:0");
        Assert.Equal(1, plan.NodeTileCount);
        Assert.True(plan.IsResident);
        Assert.Equal(8L * 200 * 810_000, plan.TableBytes);
        Assert.InRange(plan.TotalBytes, 2 * plan.TableBytes, 72 * GiB);
    }

    [Fact]
    public void A_small_card_takes_the_same_grid_in_node_tiles()
    {
        ProblemSize large = new(100_000, 100, 200, 810_000, 4, 1, 1, 1, 1);
        MemoryPlan plan = MemoryPlan.Create(large, 2 * GiB, Threads, "cuda:0");
        Assert.True(plan.NodeTileCount > 1);
        Assert.True(plan.NodeTileCount * (long)plan.NodeTileWidth >= large.NodeCount);
        Assert.Equal(0, plan.NodeTileWidth % MemoryPlan.NodeMultiple);
        Assert.InRange(plan.TotalBytes, GiB / 4, 2 * GiB);
    }

    [Fact]
    public void Ten_million_persons_by_a_hundred_items_are_resident_where_they_fit_and_streamed_where_not()
    {
        ProblemSize large = new(10_000_000, 100, 200, 61, 1, 1, 1, 1, 1);
        Assert.True(MemoryPlan.Create(large, 80 * GiB, Threads, "cuda:0").IsResident);
        MemoryPlan small = MemoryPlan.Create(large, GiB, Threads, "cuda:0");
        Assert.False(small.IsResident);
        Assert.Equal(1, small.NodeTileCount);
        Assert.InRange(small.TotalBytes, 0, GiB);
    }

    /// <summary>The largest problems that are promised: 30 nodes in each of four dimensions, ten million persons by a hundred items, and both.</summary>
    [Theory]
    [InlineData(100_000, 100, 810_000, 4, 80, true)]
    [InlineData(100_000, 100, 810_000, 4, 8, true)]
    [InlineData(10_000_000, 100, 61, 1, 80, true)]
    [InlineData(10_000_000, 100, 61, 1, 8, true)]
    [InlineData(10_000_000, 100, 61, 1, 1, false)]
    [InlineData(10_000_000, 1000, 61, 1, 8, false)]
    [InlineData(10_000_000, 100, 810_000, 4, 80, true)]
    [InlineData(10_000_000, 100, 810_000, 4, 8, true)]
    public void The_largest_problems_have_a_plan(long patterns, int items, int nodes, int attributes, int gibibytes, bool isResident)
    {
        ProblemSize large = new(patterns, items, 2 * items, nodes, attributes, 1, 1, 1, 1);
        MemoryPlan plan = MemoryPlan.Create(large, gibibytes * GiB, Threads, "cuda:0");
        Assert.Equal(isResident, plan.IsResident);
        Assert.InRange(plan.TotalBytes, plan.TableBytes + plan.CountBytes, (long)(0.9 * gibibytes * GiB));
        Assert.True((long)plan.NodeTileCount * plan.NodeTileWidth >= nodes);
        MemoryPlan smallest = MemoryPlan.Create(large, plan.TotalBytes * 10 / 9 + 100, threadTarget: 1, "cuda:0"); // no more than it said
        Assert.InRange(smallest.TotalBytes, 1, plan.TotalBytes);
    }

    [Fact]
    public void Weighted_scores_of_a_million_persons_take_little_beside_the_responses()
    {
        MemoryPlan plan = MemoryPlan.Create(Typical with { AnsweredSetCount = 20 }, 80 * GiB, Threads, "cuda:0");
        Assert.True(plan.IsByScore);
        Assert.True(plan.PatternsOfRun >= 1_000_000 / 2); // launches are few
        Assert.True(plan.PatternsOfRun * (long)plan.ScoreChunkCount >= Threads); // and each keeps the card busy
        Assert.True((long)plan.LaneCount * plan.NodeTileWidth >= Threads / 4);
        Assert.InRange(plan.SegmentLength, 32, 2048);
        Assert.True((long)plan.SliceCount * Typical.WordCount >= Threads / 16);
        Assert.InRange(plan.WeightedScoreBytes, 1, 192L << 20);
        Assert.InRange(plan.TotalBytes, plan.PatternBytes, plan.PatternBytes + (256L << 20));
    }

    [Fact]
    public void Many_nodes_go_in_chunks_as_far_as_patterns_leave_threads_idle()
    {
        ProblemSize cube = new(50_000, 45, 90, 8000, 3, 1, 1, 1, 1, AnsweredSetCount: 1);
        MemoryPlan plan = MemoryPlan.Create(cube, 80 * GiB, Threads, "cuda:0");
        Assert.Equal(50_000, plan.PatternsOfRun);
        Assert.InRange(plan.ScoreChunkCount, 2, 8000 / 64);
        Assert.Equal(1, MemoryPlan.Create(cube with { PatternCount = 5_000_000 }, 80 * GiB, Threads, "cuda:0").ScoreChunkCount);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_figures()
    {
        ProblemSize large = new(1000, 100, 200, 810_000, 4, 1, 40, 40, 40);
        DeviceMemoryException refusal = Assert.Throws<DeviceMemoryException>(() => MemoryPlan.Create(large, GiB / 8, Threads, "cuda:0"));
        Assert.True(refusal.NeededBytes > refusal.AvailableBytes);
        Assert.Equal(GiB / 8, refusal.AvailableBytes);
        Assert.Contains("cuda:0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("128.0 MiB", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(ByteCount.Show(refusal.NeededBytes), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_refused_fits_with_the_memory_that_was_asked_for()
    {
        ProblemSize large = new(1000, 100, 200, 810_000, 4, 1, 40, 40, 40);
        long needed = Assert.Throws<DeviceMemoryException>(() => MemoryPlan.Create(large, GiB / 8, Threads, "cuda:0")).NeededBytes;
        Assert.InRange(MemoryPlan.Create(large, needed + 100, Threads, "cuda:0").TotalBytes, 0, needed);
    }

    [Theory]
    [InlineData(1, 1, 2, 2, 1)]
    [InlineData(33, 7, 20, 131, 3)]
    [InlineData(5_000_000, 500, 2500, 225, 10)]
    public void Every_plan_keeps_within_nine_tenths_and_within_the_range_of_a_launch(long patterns, int items, int rows, int nodes, int classes)
    {
        ProblemSize size = new(patterns, items, rows, nodes, 2, classes, classes, classes, 1);
        for (long available = 64L << 20; available <= 64 * GiB; available *= 4)
        {
            MemoryPlan plan;
            try
            {
                plan = MemoryPlan.Create(size, available, Threads, "cuda:0");
            }
            catch (DeviceMemoryException)
            {
                continue;
            }
            Assert.InRange(plan.TotalBytes, 1, (long)(0.9 * available));
            Assert.InRange(plan.PatternTileCapacity, 1, Math.Max(1, patterns));
            Assert.InRange((long)plan.PatternTileCapacity * classes * plan.NodeTileWidth, 1, int.MaxValue);
            Assert.InRange((long)plan.SliceCount * size.WordCount * plan.NodeTileWidth, 1, int.MaxValue);
        }
    }
}
