using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Foundation.Integration;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>Every backend against the plain reference loops: special cases, cuts of memory, shards.</summary>
public sealed class BackendConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly ItemFunction[] Mixed =
        [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.Nominal, ItemFunction.GeneralizedPartialCredit];

    /// <summary>What the product does not have.</summary>
    private static readonly Dictionary<string, CalibrationCase> Cases = new()
    {
        ["3pl and 4pl"] = new() { Functions = [ItemFunction.ThreeParameter, ItemFunction.FourParameter] },
        ["known classes of three"] = new() { Classes = 3, HasKnownClasses = true, HasMissing = true },
        ["groups, known classes, moving nodes"] = new()
        {
            Functions = Mixed,
            Groups = 2,
            Classes = 2,
            HasKnownClasses = true,
            HasMissing = true,
            HasWeights = true,
            Rule = QuadratureRule.GaussHermite,
            Attributes = 2,
            Nodes = 3,
            Items = 7,
        },
        ["two nodes, the fewest that a specification may have"] = new() { Nodes = 2 },
        ["one node, the only one that pruning left"] = new() { Rule = QuadratureRule.GaussHermite, Nodes = 3, PruneBelow = 0.9, Functions = Mixed, Groups = 2, Classes = 2 },
        ["one pattern"] = new() { Persons = 1, Items = 1, Functions = [ItemFunction.Rasch] },
        ["many nodes"] = new() { Nodes = 131, Items = 3, Persons = 10 },
    };

    public static TheoryData<string, string> DevicesAndCases => TestDevices.Each(TestDevices.Names, Cases.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Expected_counts_are_the_references_and_the_same_bits_twice(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IComputeBackend backend = devices.Open(device, plan, patterns);
        Expectation first = backend.ComputeExpectation(point);
        BackendComparison.AssertAgrees(plan, reference.ComputeExpectation(point), first, TestDevices.Tolerance(device));
        backend.AssertSameBitsTwice(point);
    }

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Posteriors_and_scores_are_the_references(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IComputeBackend backend = devices.Open(device, plan, patterns, memory => memory with { PatternTileCapacity = 9 });
        double tolerance = TestDevices.Tolerance(device);
        BackendComparison.AssertPosteriorsAgree(reference, backend, point, patterns.PatternCount, tolerance);
        BackendComparison.AssertScoresAgree(PatternScorer.Score(point, patterns.Groups, reference), PatternScorer.Score(point, patterns.Groups, backend), tolerance);
    }

    public static TheoryData<string, int, int, int, bool> Cuts
    {
        get
        {
            TheoryData<string, int, int, int, bool> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach (bool isResident in new[] { true, false })
                {
                    foreach (int tile in new[] { 1, 16, 41, 42 })
                        data.Add(device, tile, 16, 1, isResident);
                    data.Add(device, 16, 8, 3, isResident);
                    data.Add(device, 40, 4, 1, isResident);
                    data.Add(device, 41, 16, 5, isResident);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Results_do_not_depend_on_how_the_problem_is_cut(string device, int patternTile, int nodeTile, int slices, bool isResident)
    {
        CalibrationCase cut = new() { Functions = Mixed, Nodes = 14, Groups = 2, Classes = 2, HasMissing = true, HasWeights = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = cut.Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IComputeBackend backend = devices.Open(device, plan, patterns, memory => memory with
        {
            PatternTileCapacity = patternTile,
            NodeTileWidth = nodeTile,
            SliceCount = slices,
            IsResident = isResident,
        });
        Expectation first = backend.ComputeExpectation(point);
        BackendComparison.AssertAgrees(plan, reference.ComputeExpectation(point), first, TestDevices.Tolerance(device));
        backend.AssertSameBitsTwice(point);
        BackendComparison.AssertPosteriorsAgree(reference, backend, point, patterns.PatternCount, TestDevices.Tolerance(device));
        BackendComparison.AssertNear(
            PatternScorer.Score(point, patterns.Groups, reference).Mean, PatternScorer.Score(point, patterns.Groups, backend).Mean, 1e-10);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void Two_shards_of_patterns_add_to_the_whole(string device)
    {
        CalibrationCase sharded = new() { Functions = Mixed, Groups = 2, Classes = 2, HasKnownClasses = true, HasMissing = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = sharded.Build();
        using ReferenceBackend reference = new(plan, patterns);
        using ShardedBackend backend = new(plan, patterns, 2, (_, part) => devices.Open(device, plan, part));
        Expectation first = backend.ComputeExpectation(point);
        BackendComparison.AssertAgrees(plan, reference.ComputeExpectation(point), first, TestDevices.Tolerance(device));
        backend.AssertSameBitsTwice(point);
        BackendComparison.AssertPosteriorsAgree(reference, backend, point, patterns.PatternCount, TestDevices.Tolerance(device));
        BackendComparison.AssertNear(
            PatternScorer.Score(point, patterns.Groups, reference).Mean, PatternScorer.Score(point, patterns.Groups, backend).Mean, 1e-10);
    }
}
