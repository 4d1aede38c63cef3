using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Integration;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning.Integration;

/// <summary>Which method is chosen, and in which order attributes are summed out.</summary>
public sealed class IntegrationChoiceTests
{
    private static CalibrationPlan Plan(int attributes, Func<int, int[]> measures, Func<ModelSpecification, ModelSpecification> change)
    {
        SimulatedData simulated = SimulatedData.Dichotomous(60, 4 * attributes);
        using ResponseData data = simulated.Draw();
        ModelSpecification model = new()
        {
            Attributes = [.. Enumerable.Range(1, attributes).Select(j => $"F{j}")],
            QMatrix = Enumerable.Range(0, 4 * attributes).ToDictionary(
                SimulatedData.Name, item => Enumerable.Range(0, attributes).Select(j => measures(item).Contains(j) ? 1 : 0).ToArray()),
        };
        return CalibrationPlanner.Plan(change(model), DataShape.Of(data, PatternTable.Compress(data)));
    }

    private static int[] Bifactor(int attributes, int item) => [0, 1 + item % (attributes - 1)];

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, 5)]
    [InlineData(5, 7)]
    public void Few_attributes_and_nodes_that_are_asked_for_make_a_grid(int attributes, int? nodes)
    {
        CalibrationPlan plan = Plan(
            attributes, item => attributes == 2 ? [item % 2] : Bifactor(attributes, item), model => model with { Quadrature = new QuadratureSpecification(Nodes: nodes) });
        Assert.Equal(IntegrationMethod.Grid, plan.Integration.Method);
        Assert.True(plan.Grid.Shape.IsProduct);
    }

    [Theory]
    [InlineData(4, 144)]
    [InlineData(5, 246)]
    [InlineData(10, 552)]
    public void From_four_attributes_on_the_default_is_about_modes(int attributes, int nodes)
    {
        CalibrationPlan plan = Plan(attributes, item => Bifactor(attributes, item), model => model);
        Assert.Equal(IntegrationMethod.Adaptive, plan.Integration.Method);
        Assert.Equal(nodes, plan.Integration.PersonRule!.NodeCount);
        Assert.Contains("too few nodes in each", plan.Integration.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Specific_attributes_go_first_and_the_general_one_last()
    {
        CalibrationPlan plan = Plan(6, item => Bifactor(6, item), model => model with { IsOrthogonal = true });
        Assert.Equal(IntegrationMethod.Reduced, plan.Integration.Method);
        Assert.Contains("2 of 6", plan.Integration.Reason, StringComparison.Ordinal);
        EliminationTree tree = plan.Integration.Tree!;
        Assert.Equal([1, 2, 3, 4, 5, 0], tree.Steps.Select(step => step.Attribute));
        Assert.Equal(2, tree.Width);
        Assert.All(tree.Steps.SkipLast(1), step => Assert.Equal([0], step.Separator));
        Assert.Equal(31, plan.Grid.NodesPerAttribute); // as in two dimensions
        Assert.Equal(Enumerable.Range(0, plan.ItemCount), tree.Steps.SelectMany(step => step.Items).Order());
        Assert.Throws<InvalidOperationException>(() => plan.NodeCount);
        Assert.Throws<InvalidOperationException>(() => plan.Grid.Theta);
    }

    [Fact]
    public void Uncorrelated_attributes_without_common_items_fall_apart()
    {
        CalibrationPlan plan = Plan(6, item => [item % 6], model => model with { IsOrthogonal = true });
        Assert.Equal(1, plan.Integration.Tree!.Width);
        Assert.All(plan.Integration.Tree.Steps, step => Assert.Equal(-1, step.Parent));
        Assert.Equal(61, plan.Grid.NodesPerAttribute);
    }

    [Fact]
    public void Attributes_that_may_correlate_are_summed_over_together()
    {
        CalibrationPlan plan = Plan(3, item => [item % 3], model => model with { Integration = IntegrationMethod.Reduced });
        Assert.Equal(3, plan.Integration.Tree!.Width);
        CalibrationPlan some = Plan(3, item => [item % 3], model => model with
        {
            IsOrthogonal = true,
            Population = [new PopulationConstraint("covariance", ConstraintKind.Free, Attribute: "F1", Attribute2: "F3")],
        });
        Assert.Equal(["0,2", "1"], some.Integration.Tree!.Populations.Select(set => string.Join(',', set)));
    }

    [Fact]
    public void Explorations_of_many_attributes_are_drawn_and_so_are_more_attributes_than_quadrature_has_rules_for()
    {
        CalibrationPlan drawn = Plan(9, item => [item % 9], model => model with { QMatrix = null, IsExploratory = true });
        Assert.Equal(IntegrationMethod.Stochastic, drawn.Integration.Method);
        Assert.Contains("exploration of 9", drawn.Integration.Reason, StringComparison.Ordinal);
        Assert.Equal(IntegrationMethod.Adaptive, Plan(8, item => [item % 8], model => model with { QMatrix = null, IsExploratory = true }).Integration.Method);
        Assert.Equal(IntegrationMethod.Adaptive, Plan(9, item => [item % 9], model => model).Integration.Method);
        CalibrationPlan many = Plan(22, item => [item % 22], model => model);
        Assert.Equal(IntegrationMethod.Stochastic, many.Integration.Method);
        Assert.Contains("22 attributes", many.Integration.Reason, StringComparison.Ordinal);
        // Draws take no latent classes: there the grid is refused as before.
        SpecificationException refused = Assert.Throws<SpecificationException>(() => Plan(22, item => [item % 22], model => model with { ClassCount = 2 }));
        Assert.Contains("--integration qmc", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--integration stochastic", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explorations_that_are_drawn_by_default_choose_their_axes()
    {
        using ResponseData data = SimulatedData.Dichotomous(200, 27).Draw();
        ModelSpecification model = new() { Attributes = [.. Enumerable.Range(1, 9).Select(j => $"F{j}")], IsExploratory = true };
        CalibrationProblem problem = CalibrationProblem.Create(data, model);
        Assert.Equal(IntegrationMethod.Stochastic, problem.Plan.Integration.Method);
        CalibrationProblem asked = CalibrationProblem.Create(data, model with { Integration = IntegrationMethod.Stochastic });
        Assert.Equal(asked.Plan.Layout.FreeCount, problem.Plan.Layout.FreeCount);
        Assert.Equal(asked.Plan.Layout.RepresentativeSlot, problem.Plan.Layout.RepresentativeSlot);
    }

    [Fact]
    public void A_grid_that_is_too_large_is_refused_with_what_works()
    {
        SpecificationException refused = Assert.Throws<SpecificationException>(() =>
            Plan(7, item => Bifactor(7, item), model => model with { IsOrthogonal = true, Integration = IntegrationMethod.Grid, Quadrature = new QuadratureSpecification(Nodes: 31) }));
        Assert.Contains("2.75e+10 nodes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--integration reduced", refused.Message, StringComparison.Ordinal);
        // Without being told, the plan takes what works.
        Assert.Equal(IntegrationMethod.Reduced, Plan(7, item => Bifactor(7, item), model => model with
        {
            Quadrature = new QuadratureSpecification(Nodes: 31),
            Population = [new PopulationConstraint("covariance", ConstraintKind.Fixed)],
        }).Integration.Method);
        SpecificationException correlated = Assert.Throws<SpecificationException>(() =>
            Plan(7, item => [item % 7], model => model with { Integration = IntegrationMethod.Reduced, Quadrature = new QuadratureSpecification(Nodes: 31) }));
        Assert.Contains("F1, F2, F3", correlated.Message, StringComparison.Ordinal);
        Assert.Contains("--orthogonal", correlated.Message, StringComparison.Ordinal);
        Assert.Contains("gauss-hermite", Assert.Throws<SpecificationException>(() => Plan(3, item => [item % 3], model => model with
        {
            Integration = IntegrationMethod.Reduced,
            Quadrature = new QuadratureSpecification(QuadratureRule.GaussHermite),
        })).Message, StringComparison.Ordinal);
    }
}
