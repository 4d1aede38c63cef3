using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Integration;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>The weighted-score form of the E-step on devices against the plain reference loops, which go through tables.</summary>
public sealed class WeightedScoreTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly ItemFunction[] Family =
        [ItemFunction.TwoParameter, ItemFunction.GeneralizedPartialCredit, ItemFunction.Nominal, ItemFunction.PartialCredit];

    private static readonly Dictionary<string, CalibrationCase> Cases = new()
    {
        ["2pl"] = new() { Items = 9 },
        ["gpcm"] = new() { Functions = [ItemFunction.GeneralizedPartialCredit] },
        ["nominal"] = new() { Functions = [ItemFunction.Nominal] },
        ["family with gaps"] = new() { Functions = Family, Items = 7, HasMissing = true, HasWeights = true },
        ["2 dimensions"] = new() { Functions = Family, Attributes = 2, Nodes = 5, Items = 7 },
        ["3 dimensions"] = new() { Functions = Family, Attributes = 3, Nodes = 5, Items = 7, HasMissing = true },
        ["5 dimensions"] = new() { Functions = Family, Attributes = 5, Nodes = 3, Items = 10, Persons = 200 },
        ["groups"] = new() { Functions = Family, Groups = 2, HasMissing = true, HasWeights = true },
        ["groups with items of their own"] = new() { Groups = 3, EqualAcrossGroups = "i0,i1", Persons = 60 },
        ["classes"] = new() { Functions = Family, Classes = 2, HasWeights = true },
        ["classes with equal items"] = new() { Classes = 2, EqualAcrossClasses = "all" },
        ["known classes"] = new() { Classes = 3, HasKnownClasses = true, HasMissing = true },
        ["groups, known classes, moving nodes"] = new()
        {
            Functions = Family,
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
        ["many nodes"] = new() { Nodes = 131, Items = 3, Persons = 10, Classes = 2 },
        ["one pattern"] = new() { Persons = 1, Items = 1, Functions = [ItemFunction.Rasch] },
    };

    public static TheoryData<string, string> DevicesAndCases => TestDevices.Each(TestDevices.Accelerators, Cases.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Log_likelihood_node_totals_and_moments_are_the_references_and_the_same_bits_twice(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using IlgpuBackend backend = Open(device, plan, patterns);
        Assert.Equal(EStepForm.WeightedScore, backend.Form);
        Expectation counts = backend.ComputeExpectation(point);
        AssertAgrees(Reference(plan, patterns, point), counts, point, TestDevices.Tolerance(device));
        backend.AssertSameBitsTwice(point);
    }

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Gradient_Hessian_and_M_step_are_those_of_tables(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using IlgpuBackend backend = Open(device, plan, patterns);
        Expectation expected = Reference(plan, patterns, point);
        Expectation counts = backend.ComputeExpectation(point);
        double scale = patterns.TotalWeight * TestDevices.Tolerance(device);
        int count = plan.Layout.FreeCount;
        double[] expectedHessian = new double[count * count];
        double[] onHost = new double[count * count];
        double[] onDevice = new double[count * count];
        double[] gradient = new MStep(plan, 1, threads: 2).Derivatives(point, expected, expectedHessian);
        AssertNear(gradient, new MStep(plan, 1, threads: 2).Derivatives(point, counts, onDevice), 10 * scale);
        double[] free = new MStep(plan, 1, threads: 2).Maximize(point, expected).Free;
        AssertNear(free, new MStep(plan, 1, threads: 2).Maximize(point, counts).Free, 1e-11);

        using Expectation next = backend.ComputeExpectation(point); // the first goes home
        AssertNear(gradient, new MStep(plan, 1, threads: 2).Derivatives(point, counts, onHost), 10 * scale);
        AssertNear(free, new MStep(plan, 1, threads: 2).Maximize(point, counts).Free, 1e-11);
        AssertNear(expectedHessian, onHost, 100 * scale);
        AssertNear(expectedHessian, onDevice, 100 * scale);
    }

    public static TheoryData<string, int, int, int, int, bool> Cuts
    {
        get
        {
            TheoryData<string, int, int, int, int, bool> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach (bool isResident in new[] { true, false })
                {
                    data.Add(device, 1, 16, 1, 1, isResident);
                    data.Add(device, 16, 8, 3, 2, isResident);
                    data.Add(device, 40, 4, 1, 5, isResident);
                    data.Add(device, 41, 16, 5, 50, isResident);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Results_do_not_depend_on_how_the_problem_is_cut(string device, int patternTile, int nodeTile, int slices, int lanes, bool isResident)
    {
        CalibrationCase cut = new() { Functions = Family, Nodes = 14, Groups = 2, Classes = 2, HasMissing = true, HasWeights = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = cut.Build();
        using IlgpuBackend backend = Open(device, plan, patterns, memory => memory with
        {
            PatternTileCapacity = patternTile,
            NodeTileWidth = nodeTile,
            SliceCount = slices,
            LaneCount = lanes,
            IsResident = isResident,
        });
        Expectation counts = backend.ComputeExpectation(point);
        AssertAgrees(Reference(plan, patterns, point), counts, point, TestDevices.Tolerance(device));
        backend.AssertSameBitsTwice(point);
    }

    [Fact]
    public void Two_shards_add_to_the_whole_and_give_its_M_step()
    {
        CalibrationCase sharded = new() { Functions = Family, Groups = 2, Classes = 2, HasKnownClasses = true, HasMissing = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = sharded.Build();
        using ShardedBackend backend = new(plan, patterns, 2, (_, part) => Open("ilgpu-cpu", plan, part));
        Assert.Equal(EStepForm.WeightedScore, backend.Form);
        Expectation counts = backend.ComputeExpectation(point);
        Expectation expected = Reference(plan, patterns, point);
        AssertAgrees(expected, counts, point, 1e-12);
        AssertNear(new MStep(plan, 1, threads: 2).Maximize(point, expected).Free, new MStep(plan, 1, threads: 2).Maximize(point, counts).Free, 1e-9);
    }

    [Fact]
    public void Posteriors_are_visited_and_patterns_scored_in_the_order_of_the_data()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases["groups"].Build();
        using IlgpuBackend byScores = Open("ilgpu-cpu", plan, patterns);
        using IlgpuBackend byTables = TestDevices.OpenAccelerator("ilgpu-cpu", plan, patterns);
        byScores.ComputeExpectation(point);
        AssertNear(byTables.Capabilities.TryScore(point)!.Mean, byScores.Capabilities.TryScore(point)!.Mean, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fits_in_both_forms_end_at_the_same_optimum(int attributes)
    {
        CalibrationCase problem = new() { Functions = Family, Persons = 600, Items = 8, Attributes = attributes, Nodes = attributes == 1 ? 15 : 7 };
        CalibrationResult tables = Fit(problem, EStepForm.Tables);
        CalibrationResult scores = Fit(problem, EStepForm.WeightedScore);
        Assert.Equal(EStepForm.Tables, tables.EStep);
        Assert.Equal(EStepForm.WeightedScore, scores.EStep);
        Assert.Equal(tables.History.Count, scores.History.Count);
        Assert.InRange(scores.LogLikelihood, tables.LogLikelihood - 1e-8, tables.LogLikelihood + 1e-8);
    }

    [Fact]
    public void Auto_takes_scores_where_they_apply_and_sets_are_few()
    {
        Assert.Equal(EStepForm.WeightedScore, FormOf(new CalibrationCase { Attributes = 2, Nodes = 3 }, EStepForm.Auto));
        Assert.Equal(EStepForm.Tables, FormOf(new CalibrationCase { Functions = [ItemFunction.TwoParameter, ItemFunction.Graded] }, EStepForm.Auto));
        Assert.Equal(EStepForm.Tables, FormOf(new CalibrationCase { HasMissing = true }, EStepForm.Auto)); // 41 persons, more than one set
        Assert.Equal(EStepForm.WeightedScore, FormOf(new CalibrationCase { HasMissing = true }, EStepForm.WeightedScore));
        Assert.Equal(EStepForm.Tables, FormOf(new CalibrationCase(), EStepForm.Tables));
    }

    [Fact]
    public void Scores_demanded_of_other_items_are_refused_with_the_item()
    {
        CalibrationCase problem = new() { Functions = [ItemFunction.TwoParameter, ItemFunction.Graded] };
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => FormOf(problem, EStepForm.WeightedScore));
        Assert.Contains("'i1'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--e-step auto", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_each_dimension_are_refused() =>
        Assert.Throws<SpecificationException>(() => FormOf(new CalibrationCase { Attributes = 2, Nodes = 3 }, EStepForm.DimensionTables));

    private static EStepForm FormOf(CalibrationCase problem, EStepForm form)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint _) = problem.Build();
        using IComputeBackend backend = new AcceleratorProvider().Create(DeviceName.OfKind("ilgpu-cpu"), plan, patterns, EStepChoice.ForDevice(plan, patterns, form));
        return backend.Form;
    }

    private static CalibrationResult Fit(CalibrationCase problem, EStepForm form) => Calibration.Run(problem.Data(), problem.Specification, new CalibrationOptions
    {
        Device = "ilgpu-cpu",
        Providers = [new AcceleratorProvider()],
        EStep = form,
        MaxCycles = 40,
        StandardErrors = StandardErrorMethod.None,
        Scores = ScoreMethod.None,
    });

    private IlgpuBackend Open(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null)
    {
        AnsweredSets? sets = EStepChoice.ForDevice(plan, patterns, EStepForm.WeightedScore).DeviceSets;
        return devices.OpenAccelerator(device, plan, patterns, TestDevices.Cut(device, plan, patterns, cut, sets), sets);
    }

    private static Expectation Reference(CalibrationPlan plan, PatternTable patterns, ModelPoint point)
    {
        using ReferenceBackend reference = new(plan, patterns);
        return reference.ComputeExpectation(point);
    }

    /// <summary>Node totals, and sums by item parameter where the E-step was not made: what moments by response are for.</summary>
    private static void AssertAgrees(Expectation expected, Expectation actual, ModelPoint point, double tolerance)
    {
        CalibrationPlan plan = point.Plan;
        Assert.InRange(actual.LogLikelihood, expected.LogLikelihood * (1 + tolerance), expected.LogLikelihood * (1 - tolerance));
        foreach (PlannedBlock block in plan.Blocks)
            BackendComparison.AssertAgrees(expected.TryNodeTotals(block.Index)!, actual.TryNodeTotals(block.Index)!, tolerance, $"node totals of block {block.Index}");
        double scale = 10 * tolerance * (1 + expected.Moments(plan).Sum(moments => moments[0]));
        double[] slots = [.. point.Parameters.Slots.Select(value => 0.97 * value + 0.01)];
        ItemEvaluation wanted = expected.EvaluateAll(plan, slots, withDerivatives: true);
        ItemEvaluation found = actual.EvaluateAll(plan, slots, withDerivatives: true);
        AssertNear(wanted.Value, found.Value, scale * 10);
        for (int set = 0; set < wanted.Value.Length; set++)
        {
            AssertNear(wanted.Gradient[set], found.Gradient[set], scale * 10);
            AssertNear(wanted.Hessian[set], found.Hessian[set], scale * 10);
        }
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.InRange(actual[k], expected[k] - tolerance, expected[k] + tolerance);
    }
}
