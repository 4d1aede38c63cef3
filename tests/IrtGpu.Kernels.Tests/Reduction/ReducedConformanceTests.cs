using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reduction;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Reduction;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Reduction;

/// <summary>The reduced form on every device that is here against plain loops over all nodes of the product grid, and against the processor's.</summary>
public sealed class ReducedConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private const long Plenty = 1L << 28;

    private static readonly ItemFunction[] Mixed = [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.Nominal];

    private static readonly ModelCase Small = new() { Functions = Mixed, Nodes = 4, Missing = 0.1 };

    private static readonly ModelCase Logarithmic = Small with { Functions = [ItemFunction.Graded], Categories = [5], Attributes = 2, Items = 27, Persons = 12 };

    private static readonly Dictionary<string, Func<ReducedCase>> Cases = new(StringComparer.Ordinal)
    {
        ["bifactor, groups by known classes, weights"] = () => ReducedCase.Bifactor(Small with { Attributes = 3, Items = 8, Groups = 2, Classes = 2, KnownShare = 0.3, HasWeights = true }),
        ["bifactor, groups with items of their own, many patterns"] = () => ReducedCase.Bifactor(Small with { Attributes = 3, Groups = 2, EqualAcrossGroups = "q0001", Persons = 200, Nodes = 3 }),
        ["by logarithms"] = () => new(Logarithmic, model => model with { IsOrthogonal = true, QMatrix = ReducedCase.Matrix(Logarithmic, (item, j) => j == 0 || item > 0) }),
        ["simple structure"] = () => new(Small with { Attributes = 3, Items = 8 }, model => model with { IsOrthogonal = true }),
        ["correlated"] = () => new(Small with { Attributes = 2, HasCrossLoadings = true, Groups = 2 }, model => model),
        ["chain"] = () => new(Small with { Attributes = 4 }, model => model with { IsOrthogonal = true, QMatrix = ReducedCase.Matrix(Small with { Attributes = 4 }, (item, j) => j == item % 3 || j == item % 3 + 1) }),
        ["ring"] = () => new(new ModelCase { Attributes = 5, Items = 10, HasCrossLoadings = true, Nodes = 3, Persons = 20 }, model => model with
        {
            IsOrthogonal = true,
            QMatrix = ReducedCase.Matrix(new ModelCase { Attributes = 5, Items = 10 }, (item, j) => j == item % 5 || j == (item + 1) % 5),
        }),
        ["two-tier"] = () => new(new ModelCase { Attributes = 4, Items = 8, Nodes = 3, Persons = 20 }, model => model with
        {
            IsOrthogonal = true,
            Population = [new PopulationConstraint("covariance", ConstraintKind.Free, Attribute: "F1", Attribute2: "F2")],
            QMatrix = ReducedCase.Matrix(new ModelCase { Attributes = 4, Items = 8 }, (item, j) => j == item % 2 || (item % 4 > 1 && j == 2 + item / 4)),
        }),
    };

    public static TheoryData<string, string> DevicesAndCases => TestDevices.Each(Cases.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void E_steps_give_the_sums_of_the_grid(string device, string name)
    {
        ReducedCase both = Cases[name]();
        using ReducedDeviceBackend backend = new(devices.Session(device), both.Plan, both.Patterns, Plenty);
        both.AssertAgrees(backend, 1, TestDevices.IsCuda(device) ? 1e-10 : 1e-11);
        AssertAsHost(device, both, backend);
    }

    [Fact]
    public void Some_steps_are_by_logarithms_and_some_children_narrow()
    {
        Assert.Contains(StepsOf("by logarithms"), step => step.IsLog);
        Assert.Contains(StepsOf("ring"), step => step.HasNarrowChild);
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Patterns_that_do_not_fit_go_in_runs(string device)
    {
        ReducedCase both = Cases["bifactor, groups with items of their own, many patterns"]();
        DeviceMemoryException refusal = Assert.Throws<DeviceMemoryException>(() => new ReducedDeviceBackend(devices.Session(device), both.Plan, both.Patterns, 1000));
        Assert.Contains("--nodes", refusal.Message, StringComparison.Ordinal);
        using ReducedDeviceBackend whole = new(devices.Session(device), both.Plan, both.Patterns, Plenty);
        Assert.Contains("in 1 run", whole.Description, StringComparison.Ordinal);
        using ReducedDeviceBackend parts = OpenInRuns(device, both);
        AssertAsHost(device, both, parts);
        ModelPoint point = both.Point(3);
        EStepOutcome once = EStepOutcome.Compute(parts, point);
        Closeness.AssertSame(once, EStepOutcome.Compute(parts, point));
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void The_next_E_step_takes_nothing_from_one_that_is_still_asked(string device)
    {
        ReducedCase both = Cases["chain"]();
        using ReducedDeviceBackend backend = new(devices.Session(device), both.Plan, both.Patterns, Plenty);
        ModelPoint point = both.Point(1);
        using Expectation first = backend.ComputeExpectation(point);
        ItemEvaluation expected = first.EvaluateAll(both.Plan, point.Parameters.Slots, withDerivatives: true);
        DeviceTraffic before = backend.Traffic;
        using Expectation second = backend.ComputeExpectation(both.Point(2));
        ItemEvaluation later = first.EvaluateAll(both.Plan, point.Parameters.Slots, withDerivatives: true);
        Closeness.AssertNear(expected.Value, later.Value, 1e-9);
        for (int set = 0; set < both.Plan.ParameterSets.Count; set++)
            Closeness.AssertNear(expected.Gradient[set], later.Gradient[set], 1e-9);
        Assert.NotEqual(first.LogLikelihood, second.LogLikelihood);
        Assert.InRange((backend.Traffic - before).Launches, 10, 30);
    }

    [Fact]
    public void A_cycle_of_a_bifactor_model_takes_few_launches_and_moves_no_counts()
    {
        DeviceTraffic few = Cycle(40, out ReducedCase both);
        Assert.Equal(12, few.Launches); // item tables, priors, joint rows, two levels up, patterns, their sums, two levels down with sums each, collapse
        Assert.Equal(14, Cycle(200, out _).Launches); // lists of patterns and of the parts of the general attribute are cut
        Assert.Equal(8 * (both.Plan.ItemCount * 3L + 3 * both.Plan.Grid.NodesPerAttribute + 1), few.BytesUp); // two slopes and an intercept; log weights; log proportion
        Assert.Equal(8 * (3L * both.Plan.Grid.NodesPerAttribute + 1), few.BytesDown);
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_calibration_ends_where_that_of_the_processor_ends(string device)
    {
        ModelCase problem = new() { Attributes = 3, Items = 6, Nodes = 5, Persons = 60 };
        CalibrationResult Fit(string name) => Calibration.Run(
            problem.Data(), problem.Specification with { IsOrthogonal = true, Integration = IntegrationMethod.Reduced, QMatrix = ReducedCase.BifactorMatrix(problem) },
            new CalibrationOptions { Device = name, Providers = [new AcceleratorProvider()], MaxCycles = 3, StandardErrors = name == "cpu" || device == "ilgpu-cpu" ? StandardErrorMethod.Oakes : StandardErrorMethod.None });
        CalibrationResult expected = Fit("cpu");
        CalibrationResult result = Fit(device);
        Assert.Equal(expected.History.Count, result.History.Count);
        Assert.InRange(result.LogLikelihood, expected.LogLikelihood - 1e-8, expected.LogLikelihood + 1e-8);
        Closeness.AssertNear(expected.Scores!.Mean, result.Scores!.Mean, 1e-6);
    }

    [Fact]
    public void Several_devices_and_draws_are_refused()
    {
        ModelCase problem = new() { Attributes = 3, Items = 6, Nodes = 3, Persons = 20 };
        SpecificationException Refusal(IntegrationMethod method, string device) => Assert.Throws<SpecificationException>(() => Calibration.Run(
            problem.Data(), problem.Specification with { IsOrthogonal = true, Integration = method, QMatrix = ReducedCase.BifactorMatrix(problem), Quadrature = new QuadratureSpecification() },
            new CalibrationOptions { Device = device, Providers = [new AcceleratorProvider()], MaxCycles = 1, StandardErrors = StandardErrorMethod.None }));
        Assert.Contains("random numbers of their own", Refusal(IntegrationMethod.Stochastic, "ilgpu-cpu").Message, StringComparison.Ordinal);
        Assert.SkipUnless(TestDevices.CudaDevices.Length > 1, "There is one device of CUDA at most.");
        Assert.Contains("--device cuda:0", Refusal(IntegrationMethod.Reduced, "cuda:all").Message, StringComparison.Ordinal);
        Assert.Contains("--device cuda:0", Refusal(IntegrationMethod.Adaptive, "cuda:all").Message, StringComparison.Ordinal);
    }

    private DeviceTraffic Cycle(int persons, out ReducedCase both)
    {
        both = ReducedCase.Bifactor(new ModelCase { Attributes = 3, Items = 12, Persons = persons, Nodes = 3 });
        using ReducedDeviceBackend backend = new(devices.Session("ilgpu-cpu"), both.Plan, both.Patterns, Plenty);
        DeviceTraffic before = backend.Traffic;
        backend.ComputeExpectation(both.Point(1)).Dispose();
        return backend.Traffic - before;
    }

    private static ReducedStep[] StepsOf(string name)
    {
        ReducedCase both = Cases[name]();
        using ReducedLayout layout = new(both.Plan, both.Patterns);
        return layout.Steps;
    }

    /// <summary>In as many runs as it takes where there is less and less memory.</summary>
    private ReducedDeviceBackend OpenInRuns(string device, ReducedCase both)
    {
        for (long bytes = 1 << 20; ; bytes -= bytes / 8)
        {
            ReducedDeviceBackend backend = new(devices.Session(device), both.Plan, both.Patterns, bytes);
            if (backend.Description.Contains("runs", StringComparison.Ordinal))
                return backend;
            backend.Dispose();
        }
    }

    private static void AssertAsHost(string device, ReducedCase both, ReducedDeviceBackend backend)
    {
        using ReducedBackend host = new(both.Plan, both.Patterns, 1);
        ModelPoint point = both.Point(7);
        Closeness.AssertNear(EStepOutcome.Compute(host, point), EStepOutcome.Compute(backend, point), TestDevices.Tolerance(device), both.Patterns.TotalWeight);
        using Expectation expected = host.ComputeExpectation(point);
        using Expectation found = backend.ComputeExpectation(point);
        for (int table = 0; table < both.Plan.Tables.Count; table++)
        {
            for (int item = 0; item < both.Plan.ItemCount; item++)
                Closeness.AssertNear(expected.TryItemCounts(table, item, out _)!.Counts, found.TryItemCounts(table, item, out _)!.Counts, 1e-10 * both.Patterns.TotalWeight, $"counts of item {item}");
        }
        for (int block = 0; block < both.Plan.Blocks.Count; block++)
            Closeness.AssertNear(expected.TryLineTotals(block, 0)!, found.TryLineTotals(block, 0)!, 1e-10 * both.Patterns.TotalWeight, "totals");
    }
}
