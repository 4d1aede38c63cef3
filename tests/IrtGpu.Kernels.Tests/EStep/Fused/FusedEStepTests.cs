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
    private static readonly (string Name, int Parts, ModelCase Problem)[] Problems =
    [
        ("one part, one node block", 1, new() { Items = 50, Persons = 130, Nodes = 61, Functions = [ItemFunction.ThreeParameter] }),
        ("one part, several node blocks", 1, new() { Items = 12, Persons = 70, Nodes = 12, Attributes = 2, HasWeights = true }),
        ("two parts", 2, new() { Items = 20, Persons = 70, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5], Missing = 0.2 }),
        ("two parts, classes", 2, new() { Items = 30, Persons = 140, Nodes = 21, Functions = [ItemFunction.Graded], Categories = [4], Classes = 2, KnownShare = 0.3 }),
        ("four parts", 4, new() { Items = 44, Persons = 70, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5] }),
        ("four parts, groups and missing", 4, new() { Items = 48, Persons = 150, Nodes = 9, Functions = [ItemFunction.Graded], Categories = [5], Groups = 3, Missing = 0.3 }),
    ];

    private static readonly bool[] Ways = [true, false];

    [Fact]
    public void Counts_agree_with_the_reference_whether_patterns_stay_or_are_streamed()
    {
        Assert.SkipUnless(TestDevices.Accelerators.Contains("cuda"), "There is no CUDA device.");
        Assert.Multiple([.. Problems.SelectMany(entry => Ways.Select(isResident => (Action)(() => AssertAgrees(entry.Name, entry.Parts, entry.Problem, isResident))))]);
    }

    private void AssertAgrees(string name, int parts, ModelCase problem, bool isResident)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        Assert.Equal(parts, ColumnLayout.TryCreate(plan, patterns)!.PartCount);
        MemoryPlan memory = TestDevices.Cut("cuda", plan, patterns, plan => plan with { IsResident = isResident, PatternTileCapacity = isResident ? 32 : 100 });
        using IlgpuBackend backend = devices.Open("cuda", plan, patterns, memory, fuse: true);
        Assert.True(backend.Description.Contains("fused", StringComparison.Ordinal), $"{name}: {backend.Description}");
        Conformance.AssertConforms(backend, patterns, point, TestDevices.Tolerance("cuda"), countFloor: 1e-15);
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
    public void More_columns_than_a_group_of_threads_holds_have_no_layout()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = new ModelCase { Items = 64, Functions = [ItemFunction.Graded], Categories = [5] }.Build();
        Assert.Null(ColumnLayout.TryCreate(plan, patterns));
    }
}
