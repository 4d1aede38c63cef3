using IrtGpu.Compute;
using IrtGpu.Compute.AttributeSets;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Compute.AttributeSets;

/// <summary>Groups over the nodes of their own attributes give what they give over the nodes of all.</summary>
public sealed class AttributeSetBackendTests
{
    private static readonly ModelCase Two = new() { Attributes = 2, Groups = 2, Items = 8, Persons = 60 };
    private static readonly ModelCase Three = new() { Attributes = 3, Groups = 4, Items = 12, Persons = 80, Nodes = 6 };

    private static readonly Dictionary<string, (ModelCase Case, int[][] Measured)> Cases = new()
    {
        ["two attributes"] = (Two, [[0, 1], [1]]),
        ["reference group with one"] = (Two, [[0], [0, 1]]),
        ["no group with all"] = (Three with { Groups = 3 }, [[0, 1], [1, 2], [2]]),
        ["three attributes"] = (Three, [[0, 1, 2], [1], [0, 2], [1]]),
        ["categories, missing, weights"] = (Three with { Functions = [ItemFunction.GeneralizedPartialCredit], Missing = 0.2, HasWeights = true }, [[0, 1, 2], [2], [0, 2], [0, 1]]),
        ["classes"] = (Two with { Classes = 2, KnownShare = 0.3, HasWeights = true }, [[0, 1], [0]]),
        ["no weighted scores"] = (Three with { Functions = [ItemFunction.ThreeParameter, ItemFunction.Graded] }, [[0, 1, 2], [1], [0, 2], [1]]),
        ["cross-loadings"] = (Three with { HasCrossLoadings = true }, [[0, 1, 2], [2], [0, 1], [0, 1, 2]]),
        ["cross-loadings without weighted scores"] = (Three with { HasCrossLoadings = true, Functions = [ItemFunction.ThreeParameter] }, [[0, 1, 2], [2], [0, 1], [0, 1, 2]]),
        ["parameters of each group"] = (Two with { EqualAcrossGroups = "none" }, [[0, 1], [0]]),
        ["many persons"] = (Three with { Groups = 3, Items = 15, Persons = 3000, Nodes = 11 }, [[0, 1, 2], [1], [0, 2]]),
        ["moving nodes"] = (Three with { Rule = QuadratureRule.GaussHermite }, [[0, 1, 2], [1], [0, 2], [1, 2]]),
    };

    public static TheoryData<string, EStepForm> EveryForm
    {
        get
        {
            TheoryData<string, EStepForm> data = [];
            foreach ((string name, (ModelCase problem, _)) in Cases.Where(known => known.Value.Case.Persons < 1000))
            {
                data.Add(name, EStepForm.Auto);
                data.Add(name, EStepForm.Tables);
                if (Engine.IsByScore(problem))
                    data.Add(name, EStepForm.WeightedScore);
                if (Engine.IsByDimension(problem))
                    data.Add(name, EStepForm.DimensionTables);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryForm))]
    public void It_gives_what_sums_over_all_nodes_give(string name, EStepForm form)
    {
        (CalibrationPlan plan, PatternTable patterns) = Plan(name);
        using IComputeBackend backend = Open(plan, patterns, form);
        foreach (int seed in new[] { 1, 99 })
            Conformance.AssertConforms(backend, patterns, ModelCase.RandomPoint(plan, patterns, seed), form == EStepForm.WeightedScore ? 1e-9 : 1e-11);
    }

    [Theory]
    [InlineData("two attributes", StandardErrorMethod.Oakes)]
    [InlineData("many persons", StandardErrorMethod.Oakes)]
    [InlineData("many persons", StandardErrorMethod.Louis)]
    [InlineData("many persons", StandardErrorMethod.CrossProduct)]
    [InlineData("many persons", StandardErrorMethod.Sandwich)]
    [InlineData("classes", StandardErrorMethod.Oakes)]
    [InlineData("moving nodes", StandardErrorMethod.Louis)]
    public void Information_is_that_of_sums_over_all_nodes(string name, StandardErrorMethod method)
    {
        (ModelCase problem, int[][] measured) = Cases[name];
        using ResponseData data = Draw(problem with { Persons = 3000 }, measured);
        ModelPoint point = Calibration.Run(data, problem.Specification, new CalibrationOptions { Device = "cpu" }, cancellation: TestContext.Current.CancellationToken).Point;
        CalibrationPlan plan = point.Plan;
        PatternTable patterns = PatternTable.Compress(data);
        using IComputeBackend backend = Open(plan, patterns, EStepForm.Tables);
        using CpuBackend allNodes = HostForms.Open(plan, patterns, 2, EStepForm.Tables);
        double[]? expected = Covariance(allNodes);
        double[]? actual = Covariance(backend);
        Assert.NotNull(expected);
        Assert.NotNull(actual);
        Closeness.AssertNear(expected, actual, 1e-7 * expected.Max(Math.Abs), "covariances of estimates"); // Oakes's are differences of E-steps

        double[]? Covariance(IComputeBackend on) =>
            new StandardErrorEstimator(point, on.ComputeExpectation(point), patterns, on, 1).Estimate(method).Covariance;
    }

    [Fact]
    public void A_group_costs_the_nodes_of_its_own_attributes()
    {
        (CalibrationPlan plan, PatternTable patterns) = Plan("three attributes");
        using AttributeSetBackend backend = Assert.IsType<AttributeSetBackend>(Open(plan, patterns, EStepForm.Auto));
        Assert.Equal([6 * 6 * 6, 6, 6 * 6], backend.NodeCounts);
    }

    [Fact]
    public void Groups_go_over_all_nodes_where_each_measures_all()
    {
        (_, PatternTable patterns, CalibrationPlan plan) = Two.Plan();
        Assert.False(AttributeSetBackend.IsFor(plan, patterns));
    }

    [Fact]
    public void A_group_without_persons_counts_nobody()
    {
        (CalibrationPlan plan, PatternTable patterns) = Plan("two attributes");
        PatternTable fewer = patterns.Select([.. Enumerable.Range(0, patterns.PatternCount).Where(pattern => patterns.Groups[pattern] == 1)], [0, 1]);
        using IComputeBackend backend = Open(plan, fewer, EStepForm.Tables);
        Assert.IsType<AttributeSetBackend>(backend);
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        Assert.Equal(0, backend.ComputeExpectation(point).Population(0).Weight);
        Conformance.AssertConforms(backend, fewer, point, 1e-11);
    }

    private static IComputeBackend Open(CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        IComputeBackend backend = BackendCatalog.Create(new CalibrationOptions { Device = "cpu", Threads = 2, EStep = form }, plan, patterns);
        Assert.IsType<AttributeSetBackend>(backend);
        return backend;
    }

    private static (CalibrationPlan Plan, PatternTable Patterns) Plan(string name)
    {
        (ModelCase problem, int[][] measured) = Cases[name];
        using ResponseData data = Draw(problem, measured);
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(problem.Specification, DataShape.Of(data, patterns));
        Assert.Equal(measured, Enumerable.Range(0, problem.Groups).Select(group => plan.Measured.Of(group).ToArray()));
        return (plan, patterns);
    }

    /// <summary>The responses of each group to items of other attributes than its own are missing.</summary>
    private static ResponseData Draw(ModelCase problem, int[][] measured)
    {
        SimulatedData simulated = problem.Simulation;
        ResponseData data = problem.Data();
        return data.Change((person, item, response) =>
            Enumerable.Range(0, problem.Attributes).All(j => simulated.Measures(item)[j] == 0 || measured[data.Groups![person]].Contains(j)) ? response : ResponseData.Missing);
    }
}
