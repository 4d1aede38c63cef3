using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>Both forms of the E-step on every device that is here, alone and in two shards, against the plain loops of the reference.</summary>
public sealed class ConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly (int, int, int, int, int, int)[] CutSizes =
        [(1, 16, 1, 1, 0, 1), (16, 16, 1, 3, 32, 4), (42, 16, 1, 2, 0, 1), (16, 8, 3, 2, 100, 3), (40, 4, 1, 5, 0, 1), (41, 16, 5, 50, 0, 16)];

    public static TheoryData<string, string> DevicesAndCases => [.. TestDevices.Accelerators.SelectMany(device =>
        Catalogue.NamesUpTo(MostCells(device)).Select(name => new TheoryDataRow<string, string>(device, name)))];

    /// <summary>Device, patterns and nodes a tile, slices, lanes, patterns a run, chunks of nodes, whether responses stay.</summary>
    public static TheoryData<string, int, int, int, int, int, int, bool> Cuts
    {
        get
        {
            TheoryData<string, int, int, int, int, int, int, bool> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach ((int patterns, int nodes, int slices, int lanes, int run, int chunks) in CutSizes)
                {
                    data.Add(device, patterns, nodes, slices, lanes, run, chunks, true);
                    data.Add(device, patterns, nodes, slices, lanes, run, chunks, false);
                }
            }
            return data;
        }
    }

    /// <summary>Of persons, items, nodes and classes: beyond, an emulated device takes seconds.</summary>
    private static long MostCells(string device) => TestDevices.IsEmulated(device) ? 30_000 : 10_000_000;

    [Fact]
    public void Devices_that_are_not_here_have_no_rows() =>
        Assert.SkipWhen(TestDevices.Absent.Length > 0, $"not listed: {string.Join(' ', TestDevices.Absent)}");

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Both_forms_agree_with_the_reference(string device, string name) => Conformance.AssertCase(
        devices.Engines(device).SelectMany(engine => device == "cuda:1" ? [engine] : new[] { engine, engine.InTwoShards() }), name); // shards do not know how products are rounded

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Means_that_differ_by_person_are_refused_with_the_reason(string device) =>
        Conformance.AssertShifted(devices.Engines(device), "missing and weights");

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Results_do_not_depend_on_how_the_problem_is_cut(string device, int patternTile, int nodeTile, int slices, int lanes, int run, int chunks, bool isResident)
    {
        ModelCase cut = new() { Functions = Catalogue.Family, Nodes = 14, Groups = 2, Classes = 2, Missing = 0.2, HasWeights = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = cut.Build();
        MemoryPlan Change(MemoryPlan memory) => memory with
        {
            PatternTileCapacity = patternTile,
            NodeTileWidth = nodeTile,
            SliceCount = slices,
            LaneCount = lanes,
            RunCapacity = run,
            ScoreChunkCount = chunks,
            IsResident = isResident,
        };
        using IComputeBackend byTables = devices.Open(device, plan, patterns, Change);
        Conformance.AssertConforms(byTables, patterns, point, TestDevices.Tolerance(device));
        using IComputeBackend byScores = devices.OpenByScores(device, plan, patterns, Change);
        Conformance.AssertConforms(byScores, patterns, point, TestDevices.Tolerance(device));
    }
}
