using IrtGpu.Compute;
using IrtGpu.Compute.Reduction;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Reduction;

/// <summary>The reduced form against the plain loops of the reference over all nodes of the product grid.</summary>
public sealed class ReducedConformanceTests
{
    public static TheoryData<string> Names =>
        [.. Catalogue.Names.Select(row => row.Data).Where(name => Catalogue.Get(name) is { Rule: QuadratureRule.Rectangular })];

    [Theory]
    [MemberData(nameof(Names))]
    public void Correlated_attributes_give_the_sums_of_the_grid(string name) => AssertAgrees(Catalogue.Get(name), model => model);

    [Fact]
    public void Uncorrelated_attributes_with_items_of_every_kind_and_what_can_surround_them_give_the_sums_of_the_grid()
    {
        ModelCase[] cases = [.. new[] { ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.Nominal }
            .SelectMany(function => Catalogue.Product(function)).Select(pair => pair.Case).Where(problem => problem is { Rule: QuadratureRule.Rectangular, Attributes: > 1 })];
        Assert.NotEmpty(cases);
        foreach (ModelCase problem in cases)
            AssertAgrees(problem, model => model with { IsOrthogonal = true });
    }

    [Theory]
    [InlineData(3, 8, 1, 1)]
    [InlineData(4, 12, 1, 1)]
    [InlineData(4, 12, 2, 2)]
    [InlineData(3, 140, 1, 1)] // as many joint tables as are multiplied
    [InlineData(3, 160, 1, 1)] // more: by logarithms
    [InlineData(3, 60, 1, 1)] // many joint tables, most parts once
    public void Bifactor_models_give_the_sums_of_the_grid(int attributes, int items, int groups, int classes)
    {
        ModelCase problem = new() { Attributes = attributes, Items = items, Groups = groups, Classes = classes, KnownShare = classes > 1 ? 0.3 : 0, Missing = 0.1, HasWeights = true, Nodes = 9 };
        CalibrationPlan plan = AssertAgrees(problem, model => model with { IsOrthogonal = true, QMatrix = ReducedCase.BifactorMatrix(problem) });
        Assert.Equal(2, plan.Integration.Tree!.Width);
    }

    /// <summary>Items join five attributes to a ring: a sum over three at a time, with messages that meet.</summary>
    [Fact]
    public void A_ring_of_five_attributes_gives_the_sums_of_the_grid()
    {
        CalibrationPlan plan = AssertAgrees(new ModelCase { Attributes = 5, Items = 15, HasCrossLoadings = true, Nodes = 5, Missing = 0.1 }, model => model with { IsOrthogonal = true });
        Assert.Equal(3, plan.Integration.Tree!.Width);
    }

    [Fact]
    public void A_chain_of_four_attributes_gives_the_sums_of_the_grid()
    {
        ModelCase problem = new() { Attributes = 4, Items = 12, Nodes = 7, Groups = 2 };
        CalibrationPlan plan = AssertAgrees(problem, model => model with
        {
            IsOrthogonal = true,
            QMatrix = Enumerable.Range(0, 12).ToDictionary(SimulatedData.Name, item => Enumerable.Range(0, 4).Select(j => j == item % 3 || j == item % 3 + 1 ? 1 : 0).ToArray()),
        });
        Assert.Equal(2, plan.Integration.Tree!.Width);
    }

    /// <summary>Two correlated general attributes, each item on one of them and on a specific one.</summary>
    [Fact]
    public void A_two_tier_model_gives_the_sums_of_the_grid()
    {
        ModelCase problem = new() { Attributes = 5, Items = 15, Nodes = 5 };
        CalibrationPlan plan = AssertAgrees(problem, model => model with
        {
            IsOrthogonal = true,
            Population = [new PopulationConstraint("covariance", ConstraintKind.Free, Attribute: "F1", Attribute2: "F2")],
            QMatrix = Enumerable.Range(0, 15).ToDictionary(SimulatedData.Name, item => Enumerable.Range(0, 5).Select(j => j == item % 2 || j == 2 + item % 3 ? 1 : 0).ToArray()),
        });
        Assert.Equal(3, plan.Integration.Tree!.Width);
    }

    [Fact]
    public void Five_dimensions_of_seven_nodes_give_the_sums_of_the_grid()
    {
        ModelCase problem = new() { Attributes = 5, Items = 20, Persons = 30, Nodes = 7 };
        AssertAgrees(problem, model => model with { IsOrthogonal = true, QMatrix = ReducedCase.BifactorMatrix(problem) });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_changes_no_bit(bool isRing)
    {
        ModelCase problem = isRing
            ? new() { Attributes = 5, Items = 15, HasCrossLoadings = true, Nodes = 5, Persons = 2000 }
            : new() { Attributes = 4, Items = 24, Nodes = 15, Persons = 3000, Groups = 2, Missing = 0.05 };
        ReducedCase both = new(problem, model => model with { IsOrthogonal = true, QMatrix = isRing ? model.QMatrix : ReducedCase.BifactorMatrix(problem) });
        (PatternTable patterns, CalibrationPlan plan, ModelPoint point) = (both.Patterns, both.Plan, both.Point(1));
        using ReducedBackend one = new(plan, patterns, 1);
        EStepOutcome expected = EStepOutcome.Compute(one, point);
        PatternScores scores = PatternScorer.Score(point, patterns.Groups, one, TestContext.Current.CancellationToken);
        foreach (int threads in new[] { 2, 3 })
        {
            using ReducedBackend several = new(plan, patterns, threads);
            Closeness.AssertSame(expected, EStepOutcome.Compute(several, point));
            PatternScores others = PatternScorer.Score(point, patterns.Groups, several, TestContext.Current.CancellationToken);
            Assert.Equal(scores.Mean, others.Mean);
            Assert.Equal(scores.Covariance, others.Covariance);
        }
    }

    [Fact]
    public void Runs_of_patterns_that_fit_in_little_memory_add_up()
    {
        ModelCase problem = new() { Attributes = 3, Items = 12, Nodes = 9, Persons = 500 };
        ReducedCase both = new(problem, model => model with { IsOrthogonal = true, QMatrix = ReducedCase.BifactorMatrix(problem) });
        (PatternTable patterns, CalibrationPlan plan, ModelPoint point) = (both.Patterns, both.Plan, both.Point(1));
        using ReducedEStep whole = new(plan, patterns, 2);
        using ReducedEStep parts = new(plan, patterns, 2, messageBytes: 1);
        using ReducedExpectation expected = whole.Compute(point);
        using ReducedExpectation actual = parts.Compute(point);
        Closeness.AssertRelative(expected.LogLikelihood, actual.LogLikelihood, 1e-13, "log-likelihood");
        Closeness.AssertNear(expected.Population(0).Powers, actual.Population(0).Powers, 1e-9, "moments");
        Closeness.AssertNear(whole.Score(point).Mean, parts.Score(point).Mean, 1e-13, "means");
    }

    private static CalibrationPlan AssertAgrees(ModelCase problem, Func<ModelSpecification, ModelSpecification> change)
    {
        ReducedCase both = new(problem, change);
        using ReducedBackend reduced = new(both.Plan, both.Patterns, 2);
        foreach (int seed in new[] { 1, 7 })
            both.AssertAgrees(reduced, seed, 1e-11);
        return both.Plan;
    }
}
