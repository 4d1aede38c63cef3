using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Kernels.Adaptive;
using IrtGpu.Kernels.Backend;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Adaptive;

/// <summary>Nodes about modes on every device that is here against the processor's loops, which are held against dense grids and finite differences elsewhere.</summary>
public sealed class AdaptiveConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private const long Plenty = 1L << 28;

    private static readonly ModelCase Small = new() { Functions = Catalogue.MixedFunctions, Items = 8, Persons = 14, Missing = 0.1 };

    private static readonly Dictionary<string, (ModelCase Case, IntegrationMethod Method, int? Nodes)> Cases = new(StringComparer.Ordinal)
    {
        ["one attribute, weights"] = (Small with { HasWeights = true, Persons = 30 }, IntegrationMethod.Adaptive, 5),
        ["two attributes, groups by known classes"] = (Small with { Attributes = 2, HasCrossLoadings = true, Groups = 2, Classes = 2, KnownShare = 0.3, Persons = 24 }, IntegrationMethod.Adaptive, 3),
        ["groups with items of their own"] = (Small with { Attributes = 2, Groups = 2, EqualAcrossGroups = "q0001", FreeItems = null }, IntegrationMethod.Adaptive, 3),
        ["four attributes, spheres"] = (new ModelCase { Attributes = 4, Items = 8, Persons = 10, HasCrossLoadings = true }, IntegrationMethod.Adaptive, null),
        ["more answers than have one logarithm together"] = (new ModelCase { Items = 520, Persons = 3 }, IntegrationMethod.Adaptive, 2),
        ["three attributes, lattice"] = (Small with { Attributes = 3, Persons = 10 }, IntegrationMethod.Qmc, 16),
    };

    public static TheoryData<string, string> DevicesAndCases => TestDevices.Each(Cases.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void A_pass_finds_what_that_of_the_processor_finds(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Build(name);
        using AdaptiveDeviceBackend backend = Open(device, plan, patterns, Plenty);
        AssertAsHost(device, backend, plan, patterns, point);
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Patterns_that_do_not_fit_go_in_runs(string device)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Build("two attributes, groups by known classes");
        DeviceMemoryException refusal = Assert.Throws<DeviceMemoryException>(() => Open(device, plan, patterns, 1000));
        Assert.Contains("--nodes", refusal.Message, StringComparison.Ordinal);
        using AdaptiveDeviceBackend backend = Open(device, plan, patterns, 12_000);
        Assert.Matches("in [2-9] runs", backend.Description);
        AssertAsHost(device, backend, plan, patterns, point);
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Twice_gives_the_same_bits_and_an_old_expectation_keeps_its_answers(string device)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Build("one attribute, weights");
        using AdaptiveDeviceBackend backend = Open(device, plan, patterns, Plenty);
        using Expectation first = backend.ComputeExpectation(point);
        ModelPoint elsewhere = ModelCase.RandomPoint(plan, patterns, 5);
        ItemEvaluation expected = first.EvaluateAll(plan, elsewhere.Parameters.Slots, withDerivatives: true);
        using Expectation second = backend.ComputeExpectation(elsewhere);
        Assert.NotEqual(first.LogLikelihood, second.LogLikelihood);
        ItemEvaluation again = first.EvaluateAll(plan, elsewhere.Parameters.Slots, withDerivatives: true);
        Assert.Equal(expected.Value, again.Value);
        Assert.Equal(expected.Hessian, again.Hessian);
        using Expectation once = backend.ComputeExpectation(point);
        Assert.Equal(first.LogLikelihood, once.LogLikelihood);
        Assert.Equal(first.Population(0).Powers, once.Population(0).Powers);
    }

    [Fact]
    public void A_cycle_takes_few_launches_and_moves_parameters_up_and_sums_down()
    {
        ModelCase problem = new() { Attributes = 2, Items = 6, Persons = 40 };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Build(problem, IntegrationMethod.Adaptive, 3);
        using AdaptiveDeviceBackend backend = Open("ilgpu-cpu", plan, patterns, Plenty);
        backend.ComputeExpectation(point).Dispose();
        DeviceTraffic before = backend.Traffic;
        using Expectation found = backend.ComputeExpectation(point);
        ItemEvaluation derivatives = new(plan) { WithDerivatives = true, WithValues = false };
        point.Parameters.Slots.CopyTo(derivatives.Slots, 0);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
            derivatives.Add(set);
        found.Evaluate(derivatives);
        DeviceTraffic cycle = backend.Traffic - before;
        Assert.Equal(7, cycle.Launches); // nodes, answers, weights, powers, their sum, items, their slices
        Assert.Equal(8 * (plan.ItemCount * 2L + 1 + 2 + 4) + 4 * plan.ItemCount, cycle.BytesUp); // a slope and an intercept; constant, mean and root of the precision; items asked for
        Assert.Equal(8 * (plan.ItemCount * 6L + 6 + 1), cycle.BytesDown); // value, gradient, Hessian; powers; log-likelihood
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_calibration_ends_where_that_of_the_processor_ends(string device)
    {
        ModelCase problem = new() { Attributes = 2, Items = 6, Persons = 40, HasWeights = true };
        CalibrationResult Fit(string name) => Calibration.Run(
            problem.Data(), problem.Specification with { Integration = IntegrationMethod.Adaptive, Quadrature = new QuadratureSpecification(Nodes: 3) },
            new CalibrationOptions { Device = name, Providers = [new AcceleratorProvider()], MaxCycles = 5, StandardErrors = device == "ilgpu-cpu" ? StandardErrorMethod.Oakes : StandardErrorMethod.None });
        CalibrationResult expected = Fit("cpu");
        CalibrationResult result = Fit(device);
        Assert.Equal(expected.History.Count, result.History.Count);
        Assert.InRange(result.LogLikelihood, expected.LogLikelihood - 1e-8, expected.LogLikelihood + 1e-8);
        Closeness.AssertNear(expected.Scores!.Mean, result.Scores!.Mean, 1e-6);
        Assert.Equal(expected.StandardErrors.Method, result.StandardErrors.Method);
    }

    private AdaptiveDeviceBackend Open(string device, CalibrationPlan plan, PatternTable patterns, long bytes) =>
        new(devices.Session(device), plan, patterns, plan.Integration.PersonRule!, bytes);

    private static (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Build(string name) => Build(Cases[name].Case, Cases[name].Method, Cases[name].Nodes);

    private static (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Build(ModelCase problem, IntegrationMethod method, int? nodes)
    {
        ResponseData data = problem.Data();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(problem.Specification with { Integration = method, Quadrature = new QuadratureSpecification(Nodes: nodes) }, DataShape.Of(data, patterns));
        return (plan, patterns, ModelCase.RandomPoint(plan, patterns, problem.Seed));
    }

    private static void AssertAsHost(string device, AdaptiveDeviceBackend backend, CalibrationPlan plan, PatternTable patterns, ModelPoint point)
    {
        double tolerance = TestDevices.Tolerance(device) * patterns.TotalWeight;
        using AdaptiveBackend host = new(plan, patterns, plan.Integration.PersonRule!, 1);
        using Expectation expected = host.ComputeExpectation(point);
        using Expectation found = backend.ComputeExpectation(point);
        Closeness.AssertRelative(expected.LogLikelihood, found.LogLikelihood, TestDevices.Tolerance(device), "log-likelihood");
        for (int block = 0; block < plan.Blocks.Count; block++)
            Closeness.AssertNear(expected.Population(block).Powers, found.Population(block).Powers, 10 * tolerance, $"moments of block {block}");
        Closeness.AssertNear(
            AllOf(expected.EvaluateAll(plan, point.Parameters.Slots, withDerivatives: true)), AllOf(found.EvaluateAll(plan, point.Parameters.Slots, withDerivatives: true)), 1000 * tolerance, "items");
        double[] elsewhere = ModelCase.RandomPoint(plan, patterns, 9).Parameters.Slots;
        Closeness.AssertNear(
            AllOf(expected.EvaluateAll(plan, elsewhere, withDerivatives: true)), AllOf(found.EvaluateAll(plan, elsewhere, withDerivatives: true)), 1000 * tolerance, "items elsewhere");
        ItemEvaluation some = Some(plan, elsewhere);
        ItemEvaluation same = Some(plan, elsewhere);
        expected.Evaluate(some);
        found.Evaluate(same);
        foreach (int set in some.Sets)
            Closeness.AssertRelative(some.Value[set], same.Value[set], 1e-10, $"value of set {set}");

        PatternScores known = PatternScorer.Score(point, patterns.Groups, host, TestContext.Current.CancellationToken);
        PatternScores scores = PatternScorer.Score(point, patterns.Groups, backend, TestContext.Current.CancellationToken);
        Closeness.AssertNear(known.LogLikelihood, scores.LogLikelihood, 1e-9, "log-likelihoods");
        Closeness.AssertNear(known.ClassProbability, scores.ClassProbability, 1e-10, "class probabilities");
        Closeness.AssertNear(known.Mean, scores.Mean, 1e-9, "means");
        Closeness.AssertNear(known.Covariance, scores.Covariance, 1e-9, "covariances");
        Closeness.AssertNear(known.MapTheta, scores.MapTheta, 1e-9, "modes");
    }

    /// <summary>A question to every third set.</summary>
    private static ItemEvaluation Some(CalibrationPlan plan, double[] slots)
    {
        ItemEvaluation evaluation = new(plan);
        slots.CopyTo(evaluation.Slots, 0);
        for (int set = 1; set < plan.ParameterSets.Count; set += 3)
            evaluation.Add(set);
        return evaluation;
    }

    private static double[] AllOf(ItemEvaluation evaluation) =>
        [.. evaluation.Value, .. evaluation.Gradient.SelectMany(values => values), .. evaluation.Hessian.SelectMany(values => values)];
}
