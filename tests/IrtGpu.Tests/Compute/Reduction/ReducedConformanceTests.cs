using IrtGpu.Compute;
using IrtGpu.Compute.Reduction;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Integration;
using IrtGpu.Planning.Layout;
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
    [InlineData(3, 60, 1, 1)] // more than are multiplied: by logarithms
    public void Bifactor_models_give_the_sums_of_the_grid(int attributes, int items, int groups, int classes)
    {
        ModelCase problem = new() { Attributes = attributes, Items = items, Groups = groups, Classes = classes, KnownShare = classes > 1 ? 0.3 : 0, Missing = 0.1, HasWeights = true, Nodes = 9 };
        CalibrationPlan plan = AssertAgrees(problem, model => model with { IsOrthogonal = true, QMatrix = Bifactor(problem) });
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
        AssertAgrees(problem, model => model with { IsOrthogonal = true, QMatrix = Bifactor(problem) });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_changes_no_bit(bool isRing)
    {
        ModelCase problem = isRing
            ? new() { Attributes = 5, Items = 15, HasCrossLoadings = true, Nodes = 5, Persons = 2000 }
            : new() { Attributes = 4, Items = 24, Nodes = 15, Persons = 3000, Groups = 2, Missing = 0.05 };
        (PatternTable patterns, CalibrationPlan plan) = Plan(problem, model => model with { IsOrthogonal = true, QMatrix = isRing ? model.QMatrix : Bifactor(problem) });
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
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
        (PatternTable patterns, CalibrationPlan plan) = Plan(problem, model => model with { IsOrthogonal = true, QMatrix = Bifactor(problem) });
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        using ReducedEStep whole = new(plan, patterns, 2);
        using ReducedEStep parts = new(plan, patterns, 2, messageBytes: 1);
        using ReducedExpectation expected = whole.Compute(point);
        using ReducedExpectation actual = parts.Compute(point);
        Closeness.AssertRelative(expected.LogLikelihood, actual.LogLikelihood, 1e-13, "log-likelihood");
        Closeness.AssertNear(expected.Population(0).Powers, actual.Population(0).Powers, 1e-9, "moments");
        Closeness.AssertNear(whole.Score(point).Mean, parts.Score(point).Mean, 1e-13, "means");
    }

    private static Dictionary<string, int[]> Bifactor(ModelCase problem) => Enumerable.Range(0, problem.Items).ToDictionary(
        SimulatedData.Name, item => Enumerable.Range(0, problem.Attributes).Select(j => j == 0 || j == 1 + item % (problem.Attributes - 1) ? 1 : 0).ToArray());

    private static (PatternTable Patterns, CalibrationPlan Plan) Plan(ModelCase problem, Func<ModelSpecification, ModelSpecification> change)
    {
        ResponseData data = problem.Data();
        PatternTable patterns = PatternTable.Compress(data);
        return (patterns, CalibrationPlanner.Plan(change(problem.Specification) with { Integration = IntegrationMethod.Reduced }, DataShape.Of(data, patterns)));
    }

    private static CalibrationPlan AssertAgrees(ModelCase problem, Func<ModelSpecification, ModelSpecification> change)
    {
        (PatternTable patterns, CalibrationPlan plan) = Plan(problem, change);
        CalibrationPlan dense = CalibrationPlanner.Plan(plan.Specification with { Integration = IntegrationMethod.Grid }, plan.Shape);
        Assert.Equal(dense.Grid.Line, plan.Grid.Line);
        using ReferenceBackend reference = new(dense, patterns);
        using ReducedBackend reduced = new(plan, patterns, 2);
        foreach (int seed in new[] { 1, 7 })
        {
            ModelPoint point = ModelCase.RandomPoint(dense, patterns, seed);
            ModelPoint at = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, point.Parameters.Free))!;
            EStepOutcome expected = EStepOutcome.Compute(reference, point);
            EStepOutcome actual = EStepOutcome.Compute(reduced, at);
            Closeness.AssertNear(expected with { Population = OfSets(plan, expected.Population) }, actual with { Population = OfSets(plan, actual.Population) }, 1e-11, patterns.TotalWeight);
            PatternScores known = PatternScorer.Score(point, patterns.Groups, reference, TestContext.Current.CancellationToken);
            PatternScores scores = PatternScorer.Score(at, patterns.Groups, reduced, TestContext.Current.CancellationToken);
            Closeness.AssertNear(known.LogLikelihood, scores.LogLikelihood, 1e-11 * Math.Max(1, -known.LogLikelihood.Min()), "log-likelihoods");
            Closeness.AssertNear(known.ClassProbability, scores.ClassProbability, 1e-10, "class probabilities");
            Closeness.AssertNear(known.Mean, scores.Mean, 1e-9, "means");
            Closeness.AssertNear(known.Covariance, scores.Covariance, 1e-9, "covariances");
            Posteriors.Of(reference, point, patterns.PatternCount).AssertLargestButForTies(point, patterns.Groups, scores.MapTheta);
        }
        return plan;
    }

    /// <summary>Moments but for products of attributes that are independent by the model.</summary>
    private static double[] OfSets(CalibrationPlan plan, double[] population)
    {
        EliminationTree tree = plan.Integration.Tree!;
        double[] kept = [.. population];
        int length = kept.Length / plan.Blocks.Count;
        int pairs = length - plan.CovarianceCount;
        for (int index = 0; index < kept.Length; index++)
        {
            int pair = index % length - pairs;
            int j = 0;
            while (pair >= 0 && (j + 1) * (j + 2) / 2 <= pair)
                j++;
            if (pair >= 0 && !tree.Populations.Any(set => set.Contains(j) && set.Contains(pair - j * (j + 1) / 2)))
                kept[index] = 0;
        }
        return kept;
    }
}
