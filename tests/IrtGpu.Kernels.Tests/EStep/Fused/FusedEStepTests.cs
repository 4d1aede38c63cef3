using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep.Fused;

/// <summary>The E-step by products of matrices at every number of parts, pass and way of holding patterns, against the plain loops.</summary>
/// <remarks>Needs a CUDA device; the catalogue's cases go through it in <see cref="ConformanceTests"/>.</remarks>
public sealed class FusedEStepTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    /// <summary>Problems by the parts of 64 columns that they take.</summary>
    private static readonly (string Name, int Parts, ModelCase Problem)[] Problems = // parts of all column groups
    [
        ("one part, one node block", 1, new() { Items = 50, Persons = 130, Nodes = 61, Functions = [ItemFunction.ThreeParameter] }),
        ("one part, several node blocks", 1, new() { Items = 12, Persons = 70, Nodes = 12, Attributes = 2, HasWeights = true }),
        ("two parts", 2, new() { Items = 20, Persons = 70, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5], Missing = 0.2 }),
        ("two parts, classes", 2, new() { Items = 30, Persons = 140, Nodes = 21, Functions = [ItemFunction.Graded], Categories = [4], Classes = 2, KnownShare = 0.3 }),
        ("four parts", 4, new() { Items = 44, Persons = 70, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5] }),
        ("four parts, groups and missing", 4, new() { Items = 48, Persons = 150, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5], Groups = 3, Missing = 0.3 }),
        ("two column groups", 8, new() { Items = 66, Persons = 150, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5] }),
        ("three column groups, classes, several node blocks, missing", 12, new()
        {
            Items = 120, Persons = 70, Nodes = 66, Functions = [ItemFunction.Graded, ItemFunction.GeneralizedPartialCredit], Categories = [5], Classes = 2, KnownShare = 0.3, Missing = 0.2, HasWeights = true,
        }),
    ];

    private static readonly bool[] Ways = [true, false];

    public static TheoryData<string, string, bool> CudaDevices => TestDevices.CudaDevices.Length == 0
        ? [new TheoryDataRow<string, string, bool>("cuda", "", true) { Skip = "There is no CUDA device." }]
        : [.. TestDevices.CudaDevices.SelectMany(device => Problems.SelectMany(entry => Ways.Select(isResident => new TheoryDataRow<string, string, bool>(device, entry.Name, isResident))))];

    [Theory]
    [MemberData(nameof(CudaDevices))]
    public void Counts_agree_with_the_reference_whether_patterns_stay_or_are_streamed(string device, string name, bool isResident)
    {
        (_, int parts, ModelCase problem) = Problems.Single(entry => entry.Name == name);
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        Assert.Equal(parts, ColumnLayout.TryCreate(plan, patterns)!.AllParts);
        MemoryPlan memory = TestDevices.Cut(device, plan, patterns, plan => plan with { IsResident = isResident, PatternTileCapacity = isResident ? 32 : 100 });
        using IlgpuBackend backend = devices.Open(device, plan, patterns, memory, fuse: true);
        Assert.True(backend.Description.Contains("fused", StringComparison.Ordinal), $"{name}: {backend.Description}");
        Conformance.AssertConforms(backend, patterns, point, TestDevices.Tolerance(device), countFloor: 1e-15);
    }

    [Fact]
    public void Columns_leave_out_first_categories_of_items_that_all_answer()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = new ModelCase { Items = 5, Functions = [ItemFunction.Graded], Categories = [2, 3] }.Build();
        ColumnLayout layout = ColumnLayout.TryCreate(plan, patterns)!;
        Assert.Equal(1 + 2 + 1 + 2 + 1 + 1, layout.Item.Count(item => item > -2));
        Assert.All(plan.Items, item => Assert.Equal(-1, layout.ColumnOfRow[item.FirstRow]));
        Assert.Equal(-1, layout.Item[layout.TotalColumn]);
        Assert.Equal(plan.Items.Select(item => item.FirstRow), layout.BaseRow);
    }

    [Fact]
    public void More_columns_than_a_group_of_threads_holds_go_in_column_groups()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = new ModelCase { Items = 64, Functions = [ItemFunction.Graded], Categories = [5] }.Build();
        ColumnLayout layout = ColumnLayout.TryCreate(plan, patterns)!;
        Assert.Equal((2, 4, 5), (layout.ColumnGroupCount, layout.PartCount, layout.FragmentCount)); // 257 columns
        Assert.Equal(257, layout.Item.Count(item => item > -2));
    }
}
