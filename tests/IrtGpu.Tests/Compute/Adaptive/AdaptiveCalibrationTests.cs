using IrtGpu.Compute.Adaptive;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Integration;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Adaptive;

/// <summary>Whole calibrations at nodes about modes: against grids, against the truth that data were drawn from, and what they refuse.</summary>
public sealed class AdaptiveCalibrationTests
{
    private static readonly CalibrationOptions Exact = new() { Tolerance = 1e-6, Threads = 2 };

    [Theory]
    [InlineData(2, 11)]
    [InlineData(3, 9)]
    public void Estimates_errors_and_scores_are_those_of_the_grid(int dimensions, int nodes)
    {
        ModelCase problem = new() { Attributes = dimensions, Items = 8 * dimensions, Persons = 600, Functions = [ItemFunction.TwoParameter] };
        ResponseData data = problem.Data();
        QuadratureSpecification dense = new(Nodes: dimensions == 2 ? 41 : 25, Low: -6.5, High: 6.5);
        CalibrationResult grid = Calibration.Run(data, problem.Specification with { Quadrature = dense }, Exact, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult adaptive = Calibration.Run(data, problem.Specification with { Integration = IntegrationMethod.Adaptive, Quadrature = new(Nodes: nodes) }, Exact, cancellation: TestContext.Current.CancellationToken);
        Assert.True(grid.Termination.IsConverged);
        Assert.True(adaptive.Termination.IsConverged, adaptive.Termination.Message);
        Closeness.AssertNear(grid.Point.Parameters.Free, adaptive.Point.Parameters.Free, 1e-4, "estimates");
        Assert.True(Math.Abs(grid.LogLikelihood - adaptive.LogLikelihood) <= adaptive.IntegrationError!.Error + 1e-3, $"{grid.LogLikelihood}, {adaptive.LogLikelihood} ± {adaptive.IntegrationError.Error}");
        Assert.True(adaptive.IntegrationError.Error < 0.05, $"stated {adaptive.IntegrationError.Error}");
        int n = grid.Plan.Layout.FreeCount;
        for (int index = 0; index < n; index++)
            Assert.Equal(1, Math.Sqrt(adaptive.StandardErrors.Covariance![index * n + index] / grid.StandardErrors.Covariance![index * n + index]), 2e-3);
        Closeness.AssertNear(grid.Scores!.Mean, adaptive.Scores!.Mean, 1e-3, "scores");
    }

    [Fact]
    public void Classes_and_groups_are_those_of_the_grid()
    {
        ModelCase problem = new()
        {
            Attributes = 2,
            Items = 16,
            Persons = 800,
            Groups = 2,
            Classes = 2,
            KnownShare = 0.5,
            HasWeights = true,
            Missing = 0.05,
            Functions = [ItemFunction.TwoParameter],
        };
        ResponseData data = problem.Data();
        CalibrationOptions options = Exact with { Tolerance = 1e-5, Starts = 1, MaxCycles = 2000 };
        CalibrationResult grid = Calibration.Run(data, problem.Specification with { Quadrature = new(Nodes: 41, Low: -7, High: 7) }, options, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult adaptive = Calibration.Run(data, problem.Specification with { Integration = IntegrationMethod.Adaptive, Quadrature = new(Nodes: 11) }, options, cancellation: TestContext.Current.CancellationToken);
        Assert.True(adaptive.Termination.IsConverged, adaptive.Termination.Message);
        Assert.Equal(grid.LogLikelihood, adaptive.LogLikelihood, adaptive.IntegrationError!.Error + 0.02);
        Closeness.AssertNear(grid.Scores!.ClassProbability, adaptive.Scores!.ClassProbability, 5e-3, "classes");
    }

    [Fact]
    public void An_exploration_is_that_of_the_grid_and_begins_near_it()
    {
        ModelCase problem = new() { Attributes = 3, Items = 24, Persons = 700, Functions = [ItemFunction.TwoParameter] };
        ResponseData data = problem.Data();
        ModelSpecification model = new() { Attributes = ["F1", "F2", "F3"], IsExploratory = true };
        CalibrationOptions options = new() { Threads = 2, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None };
        CalibrationResult grid = Calibration.Run(data, model with { Quadrature = new(Nodes: 21, Low: -6, High: 6) }, options, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult adaptive = Calibration.Run(data, model with { Integration = IntegrationMethod.Adaptive, Quadrature = new(Nodes: 7) }, options, cancellation: TestContext.Current.CancellationToken);
        Assert.True(adaptive.Termination.IsConverged, adaptive.Termination.Message);
        Assert.Equal(grid.LogLikelihood, adaptive.LogLikelihood, adaptive.IntegrationError!.Error + 0.05);
        Assert.True(adaptive.EStepCount < grid.EStepCount, $"{adaptive.EStepCount} E-steps, on the grid {grid.EStepCount}");
    }

    [Fact]
    public void Ten_dimensions_are_recovered()
    {
        ModelCase problem = new() { Attributes = 10, Items = 40, Persons = 800, Functions = [ItemFunction.TwoParameter], Seed = 4 };
        CalibrationResult result = Calibration.Run(
            problem.Data(), problem.Specification with { Integration = IntegrationMethod.Adaptive, Quadrature = new() }, new CalibrationOptions { Threads = 2, Tolerance = 1e-3 },
            cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        Assert.True(result.IntegrationError!.Error < 0.01 * problem.Persons, $"stated {result.IntegrationError.Error}");
        double[][] truth = problem.Simulation.Slopes;
        double[] z = [.. result.Plan.ParameterSets.Select(set =>
        {
            int free = result.Plan.Layout.FreeOf(set.FirstSlot)[0];
            double error = Math.Sqrt(result.StandardErrors.Covariance![free * result.Plan.Layout.FreeCount + free]);
            return (result.Point.Parameters.Slots[set.FirstSlot] - truth[set.Item].Max()) / error;
        })];
        Assert.InRange(z.Average(), -0.6, 0.6);
        Assert.InRange(Math.Sqrt(z.Average(value => value * value)), 0.6, 1.5);
        Assert.InRange(z.Count(value => Math.Abs(value) < 1.96), 34, 40);
    }

    [Theory]
    [InlineData(IntegrationMethod.Adaptive)]
    [InlineData(IntegrationMethod.Qmc)]
    public void Other_turns_and_shifts_give_the_same_within_the_stated_error(IntegrationMethod method)
    {
        ModelCase problem = new() { Attributes = 10, Items = 50, Persons = 200, Functions = [ItemFunction.TwoParameter] };
        using AdaptiveCase both = new(problem, null, method, hasGrid: false);
        PersonRule rule = both.Plan.Integration.PersonRule!;
        (double LogLikelihood, double Error)[] found = [.. ((int[])[0, 7]).Select(randomization =>
        {
            using AdaptiveBackend backend = new(both.Plan, both.Patterns, rule with { Randomization = randomization }, 2);
            return (backend.ComputeExpectation(both.Point).LogLikelihood, backend.Capabilities.TryMeasureIntegration(both.Point)!.Error);
        })];
        Assert.NotEqual(found[0].LogLikelihood, found[1].LogLikelihood);
        Assert.True(Math.Abs(found[0].LogLikelihood - found[1].LogLikelihood) <= found[0].Error + found[1].Error, $"{found[0]}, {found[1]}");
        Assert.True(found[0].Error < 0.02 * problem.Persons, $"stated {found[0].Error}");
    }

    [Fact]
    public void Sandwich_errors_are_there_with_sampling_weights()
    {
        ModelCase problem = new() { Attributes = 2, Items = 12, Persons = 500, HasWeights = true };
        ResponseData drawn = problem.Data();
        ResponseData data = new()
        {
            ItemNames = drawn.ItemNames,
            CategoryCodes = drawn.CategoryCodes,
            Responses = drawn.Responses,
            PersonCount = drawn.PersonCount,
            Weights = drawn.Weights,
            AreSamplingWeights = true,
        };
        CalibrationResult grid = Calibration.Run(data, problem.Specification with { Quadrature = new(Nodes: 41) }, Exact, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult adaptive = Calibration.Run(data, problem.Specification with { Integration = IntegrationMethod.Adaptive, Quadrature = new(Nodes: 11) }, Exact, cancellation: TestContext.Current.CancellationToken);
        Closeness.AssertNear(grid.StandardErrors.Covariance!, adaptive.StandardErrors.Covariance!, 1e-3, "sandwich");
    }

    [Fact]
    public void What_cannot_be_is_refused_in_words()
    {
        ModelCase problem = new() { Attributes = 21, Items = 42, Persons = 60 };
        Assert.Contains("Use --integration qmc", Refusal(problem, IntegrationMethod.Adaptive, new(), new()), StringComparison.Ordinal);
        ModelCase fewer = problem with { Attributes = 6 };
        Assert.Contains("more than the 20000", Refusal(fewer, IntegrationMethod.Adaptive, new(Nodes: 7), new()), StringComparison.Ordinal);
        Assert.Contains("Leave it out", Refusal(fewer, IntegrationMethod.Adaptive, new(Low: -4, High: 4), new()), StringComparison.Ordinal);
        Assert.Contains("computed on the cpu", Refusal(fewer, IntegrationMethod.Qmc, new(), new() { Device = "reference" }), StringComparison.Ordinal);
        Assert.Contains("Leave out --draws", Refusal(fewer, IntegrationMethod.Adaptive, new(), new() { Sampler = new() }), StringComparison.Ordinal);
        Assert.Contains("points of its own", Refusal(fewer, IntegrationMethod.Qmc, new(QuadratureRule.GaussHermite), new()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, null, PersonRuleKind.Product, 81)]
    [InlineData(3, null, PersonRuleKind.Product, 343)]
    [InlineData(4, null, PersonRuleKind.Spheres, 144)]
    [InlineData(5, null, PersonRuleKind.Spheres, 246)]
    [InlineData(8, null, PersonRuleKind.Spheres, 1104)]
    [InlineData(10, null, PersonRuleKind.Spheres, 552)]
    [InlineData(20, null, PersonRuleKind.Spheres, 2128)]
    [InlineData(5, 4, PersonRuleKind.Product, 1024)]
    public void The_rule_follows_from_the_dimensions(int dimensions, int? nodes, PersonRuleKind kind, int count)
    {
        PersonRule rule = PersonRule.Of(
            new ModelSpecification { Attributes = [.. Enumerable.Range(1, dimensions).Select(j => $"F{j}")], Functions = [new("*", ItemFunction.TwoParameter)], Integration = IntegrationMethod.Adaptive, Quadrature = new(Nodes: nodes) }, []);
        Assert.Equal(kind, rule.Kind);
        Assert.Equal(count, rule.NodeCount);
        Assert.Equal(count, rule.Create()[0].NodeCount);
    }

    [Fact]
    public void Auto_takes_it_where_the_default_grid_would_have_three_nodes_in_each_dimension()
    {
        ModelCase problem = new() { Attributes = 6, Items = 18, Persons = 60 };
        Assert.Equal(IntegrationMethod.Adaptive, CalibrationProblem.Create(problem.Data(), problem.Specification with { Quadrature = new() }).Plan.Integration.Method);
        Assert.Equal(IntegrationMethod.Grid, CalibrationProblem.Create(problem.Data(), problem.Specification with { Quadrature = new(Nodes: 5) }).Plan.Integration.Method);
    }

    private static string Refusal(ModelCase problem, IntegrationMethod method, QuadratureSpecification nodes, CalibrationOptions options) =>
        Assert.Throws<SpecificationException>(() => Calibration.Run(problem.Data(), problem.Specification with { Integration = method, Quadrature = nodes }, options)).Message;
}
