using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>
/// Every accelerator against the plain reference loops at the sizes where cutting goes wrong: around whole pattern tiles,
/// whole chunks and whole node tiles, resident and streamed. All lengths are those of <see cref="MemoryPlan"/>.
/// </summary>
public sealed class SizeConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly ModelCase OneNodeTile = new()
    {
        Functions = [ItemFunction.Graded, ItemFunction.GeneralizedPartialCredit, ItemFunction.FourParameter],
        Items = 10,
        Persons = 120,
        Nodes = 9,
        Classes = 2,
        HasWeights = true,
        Missing = 0.2,
    };

    /// <summary>More nodes than the planner takes at once where memory is short.</summary>
    private static readonly ModelCase SeveralNodeTiles = OneNodeTile with { Attributes = 3, Nodes = 7 };

    public static TheoryData<string, int, int, bool, bool> PatternCounts
    {
        get
        {
            TheoryData<string, int, int, bool, bool> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach ((int tiles, int more) in new[] { (0, 1), (1, -1), (1, 0), (1, 1), (2, 0), (2, 1), (3, -1) })
                {
                    data.Add(device, tiles, more, true, false);
                    data.Add(device, tiles, more, false, false);
                }
                foreach (bool isResident in new[] { true, false })
                {
                    data.Add(device, 0, 1, isResident, true);
                    data.Add(device, 2, 1, isResident, true);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PatternCounts))]
    public void Patterns_around_whole_tiles_agree(string device, int tiles, int more, bool isResident, bool hasNodeTiles)
    {
        (CalibrationPlan plan, PatternTable all, ModelPoint point) = (hasNodeTiles ? SeveralNodeTiles : OneNodeTile).Build();
        int tile = SmallestPlan(plan, all.PatternCount).PatternTileCapacity;
        int count = tiles * tile + more;
        Assert.InRange(all.PatternCount, count, int.MaxValue);
        PatternTable patterns = all.Slice(0, count);
        MemoryPlan memory = SmallestPlan(plan, count) with { IsResident = isResident, PatternTileCapacity = Math.Min(tile, count) };
        Assert.Equal(hasNodeTiles, memory.NodeTileCount > 1);
        AssertConforms(device, plan, patterns, point, memory);
    }

    public static TheoryData<string, int> NodeCounts
    {
        get
        {
            int multiple = MemoryPlan.NodeMultiple;
            int chunk = MemoryPlan.ChunkLength;
            TheoryData<string, int> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach (int nodes in new[] { 2, multiple - 1, multiple, multiple + 1, chunk - 1, chunk, chunk + 1, 2 * chunk + 1 })
                    data.Add(device, nodes);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NodeCounts))]
    public void Nodes_around_whole_quads_and_chunks_agree(string device, int nodes)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (OneNodeTile with { Nodes = nodes, Persons = 25 }).Build();
        AssertConforms(device, plan, patterns, point, SmallestPlan(plan, patterns.PatternCount));
    }

    /// <summary>What the planner does where there is just enough memory for its smallest tiles.</summary>
    private static MemoryPlan SmallestPlan(CalibrationPlan plan, int patternCount)
    {
        ProblemSize size = ProblemSize.Of(plan, patternCount);
        long needed = Assert.Throws<DeviceMemoryException>(() => MemoryPlan.Create(size, 1, threadTarget: 1, "a device")).NeededBytes;
        return MemoryPlan.Create(size, needed + 100, threadTarget: 1, "a device");
    }

    private void AssertConforms(string device, CalibrationPlan plan, PatternTable patterns, ModelPoint point, MemoryPlan memory)
    {
        using IlgpuBackend backend = devices.Open(device, plan, patterns, memory);
        Conformance.AssertConforms(backend, patterns, point, TestDevices.Tolerance(device));
    }
}
