using IrtGpu.Compute;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.Tables.Streaming;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Tables;

/// <summary>Grids of so many nodes that patterns go by tiles, against the plain loops of the reference.</summary>
public sealed class TableStreamTests
{
    private const double Tolerance = 1e-11;
    private const double CountFloor = 1e-12; // what is left out below e^−50 of a posterior shows in counts that are smaller yet

    private static readonly Dictionary<string, ModelCase> Cases = new()
    {
        ["groups"] = Large(13) with { Groups = 2, Missing = 0.2, HasWeights = true },
        ["classes"] = Large(11) with { Classes = 2, KnownShare = 0.3 },
        ["classes that share tables"] = Large(11) with { Classes = 2, EqualAcrossClasses = "all", Groups = 2, EqualAcrossGroups = "none" },
        ["two dimensions"] = Large(48) with { Attributes = 2 },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Counts_agree_with_the_reference(string name)
    {
        (_, PatternTable patterns, CalibrationPlan plan) = Cases[name].Plan();
        using TableInputs inputs = new(plan, patterns, 1);
        Assert.True(TableStream.IsFor(inputs));
        using IComputeBackend backend = HostForms.Open(plan, patterns, threads: 2, EStepForm.Tables);
        foreach (int seed in new[] { 1, 2 }) // buffers are used again
            Conformance.AssertConforms(backend, patterns, ModelCase.RandomPoint(plan, patterns, seed), Tolerance, CountFloor);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Means_of_persons_agree_with_the_reference(string name)
    {
        (_, PatternTable plain, CalibrationPlan plan) = Cases[name].Plan();
        (PatternTable patterns, ModelPoint point) = ModelCase.Shift(plain, ModelCase.RandomPoint(plan, plain, 1), 7);
        using IComputeBackend backend = HostForms.Open(plan, patterns, threads: 2, EStepForm.Tables);
        Conformance.AssertConforms(backend, patterns, point, Tolerance, CountFloor);
    }

    [Fact]
    public void Threads_change_no_bits()
    {
        (_, PatternTable patterns, CalibrationPlan plan) = (Large(13) with { Persons = 2100, Items = 12 }).Plan(); // three runs of patterns
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        using IComputeBackend one = HostForms.Open(plan, patterns, threads: 1, EStepForm.Tables);
        using IComputeBackend three = HostForms.Open(plan, patterns, threads: 3, EStepForm.Tables);
        Closeness.AssertSame(EStepOutcome.Compute(one, point), EStepOutcome.Compute(three, point));
    }

    private static ModelCase Large(int nodes) => new()
    {
        Functions = [ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.TwoParameter],
        Attributes = 3,
        Items = 9,
        HasCrossLoadings = true,
        Nodes = nodes,
    };
}
