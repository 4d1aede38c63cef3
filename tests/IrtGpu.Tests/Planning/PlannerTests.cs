using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning;

/// <summary>What is free by default, and what is refused with which words.</summary>
public sealed class PlannerTests
{
    private static readonly SimulatedData Six = SimulatedData.Dichotomous(60, 6);

    [Theory]
    [InlineData(ItemFunction.Rasch, 2, 7)]
    [InlineData(ItemFunction.OneParameter, 2, 7)]
    [InlineData(ItemFunction.TwoParameter, 2, 12)]
    [InlineData(ItemFunction.ThreeParameter, 2, 18)]
    [InlineData(ItemFunction.FourParameter, 2, 24)]
    [InlineData(ItemFunction.PartialCredit, 4, 19)]
    [InlineData(ItemFunction.GeneralizedPartialCredit, 4, 24)]
    [InlineData(ItemFunction.RatingScale, 4, 9)]
    [InlineData(ItemFunction.Graded, 4, 24)]
    [InlineData(ItemFunction.Sequential, 4, 24)]
    [InlineData(ItemFunction.SequentialRasch, 4, 19)]
    [InlineData(ItemFunction.GradedRatingScale, 4, 14)] // 6 slopes, 3 thresholds, 5 locations
    [InlineData(ItemFunction.Nominal, 4, 36)]
    public void Six_items_have_as_many_free_parameters_as_the_textbook_says(ItemFunction function, int categories, int expected) =>
        Assert.Equal(expected, Plan(SimulatedData.Polytomous(60, 6, categories), new() { Functions = [new("*", function)] }).Layout.FreeCount);

    [Fact]
    public void Groups_free_the_means_and_variances_that_common_items_link()
    {
        ModelSpecification model = new() { Functions = [new("*", ItemFunction.TwoParameter)] };
        SimulatedData groups = Six with { Groups = 3 };
        Assert.Equal(12 + 4, Plan(groups, model).Layout.FreeCount);
        Assert.Equal(12 + 4 + 4, Plan(groups, model with { FreeItems = "q0002" }).Layout.FreeCount);
        CalibrationPlan unlinked = Plan(groups, model with { EqualAcrossGroups = "none" });
        Assert.Equal(36, unlinked.Layout.FreeCount);
        Assert.Equal(2, unlinked.Warnings.Count);
        Assert.Contains("anchors", unlinked.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_with_equal_items_share_one_table_of_fixed_nodes()
    {
        ModelSpecification model = new() { Functions = [new("*", ItemFunction.TwoParameter)] };
        SimulatedData groups = Six with { Groups = 3 };
        Assert.Single(Plan(groups, model).Tables);
        Assert.Equal(3, Plan(groups, model with { FreeItems = "q0002" }).Tables.Count);
        Assert.Equal(3, Plan(groups, model with { Quadrature = new(QuadratureRule.GaussHermite, 9) }).Tables.Count);
        Assert.Equal(2, Plan(Six, model with { ClassCount = 2 }).Tables.Count);
    }

    [Fact]
    public void Dimensions_have_free_correlations_and_exploration_has_zeros_instead()
    {
        SimulatedData two = Six with { Attributes = 2 };
        ModelSpecification model = new() { Functions = [new("*", ItemFunction.TwoParameter)], Attributes = ["F1", "F2"] };
        Assert.Equal(12 + 1, Plan(two, model with { QMatrix = two.QMatrix() }).Layout.FreeCount);
        Assert.Equal(6 + 6 + 5, Plan(two, model with { IsExploratory = true }).Layout.FreeCount);
    }

    [Fact]
    public void Anchored_items_free_the_population_they_identify()
    {
        CalibrationPlan plan = Plan(Six, new()
        {
            Functions = [new("*", ItemFunction.TwoParameter)],
            Constraints = [new("q0001", "*", ConstraintKind.Fixed, 1)],
        });
        Assert.Equal(10 + 2, plan.Layout.FreeCount);
        Assert.False(plan.Layout.IsFixed(plan.Blocks[0].FirstMeanSlot));
        Assert.False(plan.Layout.IsFixed(plan.Blocks[0].FirstCovarianceSlot));
    }

    [Fact]
    public void Problems_are_collected_and_told_together()
    {
        SpecificationException exception = Assert.Throws<SpecificationException>(() => Plan(new SimulatedData(60, [2, 3, 2]), new()
        {
            Functions = [new("*", ItemFunction.TwoParameter), new("nowhere", ItemFunction.Rasch)],
            Quadrature = new(Nodes: 1),
        }));
        Assert.Equal(3, exception.Problems.Count);
        Assert.Contains(exception.Problems, problem => problem.Contains("'q0002' has 3 categories", StringComparison.Ordinal));
        Assert.Contains(exception.Problems, problem => problem.Contains("nowhere", StringComparison.Ordinal));
        Assert.Contains(exception.Problems, problem => problem.Contains("--nodes 1", StringComparison.Ordinal));
    }

    public static TheoryData<string> Refusals => [.. RefusedModels.Keys];

    private static readonly Dictionary<string, (ModelSpecification Model, string Words)> RefusedModels = new(StringComparer.Ordinal)
    {
        ["unknown parameter"] = (new() { Constraints = [new("*", "slope", ConstraintKind.Fixed, 1)] }, "names no parameter"),
        ["probability out of range"] = (Model(ItemFunction.ThreeParameter) with { Constraints = [new("q0001", "g", ConstraintKind.Fixed, 1.5)] }, "from 0 to 1"),
        ["beta prior on a slope"] = (new() { Priors = [new("*", "a1", PriorDistribution.Beta, 2, 2)] }, "beta prior"),
        ["prior without spread"] = (new() { Priors = [new("*", "a1", PriorDistribution.Normal, 0, 0)] }, "not a density"),
        ["unknown group"] = (new() { ReferenceGroup = "Mars" }, "'Mars'"),
        ["unknown class"] = (new() { Constraints = [new("*", "d", ConstraintKind.Fixed, 0, Class: "9")] }, "no class '9'"),
        ["no class"] = (new() { ClassCount = 0 }, "--classes 0"),
        ["negative deviation"] = (new() { Population = [new("sd", ConstraintKind.Fixed, -1)] }, "must be positive"),
        ["unknown population parameter"] = (new() { Population = [new("median", ConstraintKind.Free)] }, "'median'"),
        ["same items for two attributes"] = (new() { Attributes = ["F1", "F2"] }, "same items"),
        ["attribute without items"] = (new() { Attributes = ["F1", "F2"], QMatrix = Six.QMatrix().ToDictionary(pair => pair.Key, _ => new[] { 1, 0 }) }, "No item measures"),
        ["items without a row"] = (new() { Attributes = ["F1", "F2"], QMatrix = new Dictionary<string, int[]> { ["q0001"] = [1, 1] } }, "not in the Q-matrix"),
        ["grsm, two attributes"] = (Model(ItemFunction.GradedRatingScale) with { Attributes = ["F1", "F2"], IsExploratory = true }, "grsm is for items of one"),
        ["grsm, an intercept held alone"] = (Model(ItemFunction.GradedRatingScale) with { Constraints = [new("q0001", "d", ConstraintKind.Fixed, 1)] }, "Fix a1 of the item as well"),
        ["grsm, intercepts held equal"] = (Model(ItemFunction.GradedRatingScale) with { Constraints = [new("*", "d", ConstraintKind.Equal)] }, "cannot be held equal alone"),
        ["grsm, prior on an intercept"] = (Model(ItemFunction.GradedRatingScale) with { Priors = [new("*", "d", PriorDistribution.Normal, 0, 1)] }, "have no prior of their own"),
        ["equal scores"] = (new() { CategoryScores = [new("q0001", [1, 1])] }, "all equal"),
        ["too few scores"] = (new() { CategoryScores = [new("q0001", [1])] }, "one score a category"),
        ["correlation of 1"] = (new() { Attributes = ["F1", "F2"], QMatrix = (Six with { Attributes = 2 }).QMatrix(), Population = [new("correlation", ConstraintKind.Fixed, 1)] }, "not positive definite"),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_estimated_is_refused_in_words(string name)
    {
        (ModelSpecification model, string words) = RefusedModels[name];
        SpecificationException exception = Assert.Throws<SpecificationException>(() => Plan(Six, model));
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Intercepts of rating scales are sums: their starts must be carried to thresholds and locations.</summary>
    [Theory]
    [InlineData(ItemFunction.RatingScale)]
    [InlineData(ItemFunction.GradedRatingScale)]
    public void Starts_of_tied_intercepts_are_met_where_they_agree_and_named_where_not(ItemFunction function)
    {
        double[][] intercepts = function == ItemFunction.RatingScale
            ? [[1, 0.5], [2, 2.5], [0, -1.5]] // d2 − 2 d1 is the same
            : [[1, -0.5], [4, 1], [0, -0.75]]; // slopes 1, 2 and 0.5: thresholds 1.5 apart
        double[] slopes = function == ItemFunction.RatingScale ? [1, 1, 1] : [1, 2, 0.5];
        ParameterConstraint[] given = [.. Enumerable.Range(0, 3).SelectMany(item => new ParameterConstraint[]
        {
            new(SimulatedData.Name(item), "d1", ConstraintKind.Start, intercepts[item][0]),
            new(SimulatedData.Name(item), "d2", ConstraintKind.Start, intercepts[item][1]),
            new(SimulatedData.Name(item), "a1", ConstraintKind.Start, slopes[item]),
        })];
        CalibrationPlan plan = Plan(SimulatedData.Polytomous(60, 3, 3), Model(function) with { Constraints = given });
        Assert.Empty(plan.UnmetStarts);
        double[] slots = new ParameterVector(plan.Layout, plan.DefaultStart).Slots;
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            var reported = item.Family.Report(item, slots.AsSpan(set.FirstSlot, set.SlotCount)).ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
            Assert.Equal(slopes[set.Item], reported["a1"], 1e-12);
            Assert.Equal(intercepts[set.Item][0], reported["d1"], 1e-9);
            Assert.Equal(intercepts[set.Item][1], reported["d2"], 1e-9);
        }
        CalibrationPlan contradictory = Plan(SimulatedData.Polytomous(60, 3, 3), Model(function) with { Constraints = [.. given, given[1] with { Value = 0.4 }] });
        Assert.Contains("d2 of 'q0001'", contradictory.UnmetStarts);
    }

    [Fact]
    public void Layout_expands_free_parameters_to_slots()
    {
        CalibrationPlan plan = Plan(SimulatedData.Polytomous(60, 6, 3), Model(ItemFunction.RatingScale));
        double[] free = [.. Enumerable.Range(0, plan.Layout.FreeCount).Select(k => 0.1 + k)];
        ParameterVector vector = new(plan.Layout, free);
        double Value(ParameterKind kind, int index, int set = -1) => vector.Slots[Enumerable.Range(0, plan.Layout.SlotCount)
            .Single(slot => plan.Layout.Slots[slot] is var candidate && candidate.Kind == kind && candidate.Index == index && candidate.ParameterSet == set)];
        double location = Value(ParameterKind.Location, 0, 3);
        Assert.Equal(-Value(ParameterKind.Threshold, 0) + location, Value(ParameterKind.Intercept, 0, 3), 1e-14);
        Assert.Equal(-Value(ParameterKind.Threshold, 0) - Value(ParameterKind.Threshold, 1) + 2 * location, Value(ParameterKind.Intercept, 1, 3), 1e-14);
        Assert.Equal(0, Value(ParameterKind.Location, 0, 0));
    }

    [Fact]
    public void Starts_of_the_user_win_and_the_others_come_from_the_margins()
    {
        ResponseData data = Six.Draw();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(
            Model(ItemFunction.TwoParameter) with { Constraints = [new("q0002", "d", ConstraintKind.Start, 2.5)] }, DataShape.Of(data, patterns));
        ParameterVector start = StartingValues.FromMarginals(plan, patterns);
        Assert.Equal(2.5, start.Slots[plan.ParameterSets[1].FirstSlot + 1]);
        double right = Enumerable.Range(0, data.PersonCount).Count(person => data.Row(person)[0] == 1);
        Assert.Equal(Math.Log((right + 0.5) / (data.PersonCount - right + 0.5)), start.Slots[plan.ParameterSets[0].FirstSlot + 1], 1e-12);
    }

    private static ModelSpecification Model(ItemFunction function) => new() { Functions = [new("*", function)] };

    private static CalibrationPlan Plan(SimulatedData simulation, ModelSpecification specification)
    {
        ResponseData data = simulation.Draw();
        return CalibrationPlanner.Plan(specification, DataShape.Of(data, PatternTable.Compress(data)));
    }
}
