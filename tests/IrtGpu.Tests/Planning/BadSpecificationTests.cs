using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Identification;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Planning;

/// <summary>Specifications that cannot be estimated are refused before estimation, by a message that names the thing and the remedy.</summary>
public sealed class BadSpecificationTests
{
    private static readonly ModelSpecification TwoDimensions = new()
    {
        Attributes = ["x", "y"],
        QMatrix = Measures("x", "x", "x", "y", "y", "y"),
    };

    /// <summary>Six items of two categories; items of each group by 0-based position, all where not given.</summary>
    private static DataShape Shape(string[]? groups = null, int[][]? administered = null, string[]? classes = null, int items = 6, int categories = 2)
    {
        groups ??= [""];
        return new DataShape(
            [.. Enumerable.Range(1, items).Select(item => $"q{item}")],
            [.. Enumerable.Range(0, items).Select(_ => Enumerable.Range(0, categories).ToArray())],
            groups, classes ?? [],
            [.. groups.Select((_, group) => Enumerable.Range(0, items).Select(item => administered is null || administered[group].Contains(item)).ToArray())]);
    }

    private static Dictionary<string, int[]> Measures(params string[] rows) => rows.Select((row, item) => (row, item)).ToDictionary(
        pair => $"q{pair.item + 1}", pair => new[] { pair.row.Contains('x') ? 1 : 0, pair.row.Contains('y') ? 1 : 0 });

    private static void Plan(ModelSpecification model, DataShape shape) => IdentificationCheck.Require(CalibrationPlanner.Plan(model, shape));

    private static void Refuses(ModelSpecification model, DataShape shape, params string[] parts)
    {
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Plan(model, shape));
        Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    private static PopulationConstraint Free(string parameter, string? group = null) => new(parameter, ConstraintKind.Free, Group: group);

    [Fact]
    public void A_mean_freed_everywhere_has_no_origin() =>
        Refuses(new() { Population = [Free("mean")] }, Shape(["A", "B"]), "origin of 'theta'", "group 'A'", "Fix a mean", "--anchors");

    [Fact]
    public void A_variance_freed_everywhere_has_no_unit() =>
        Refuses(new() { Population = [Free("sd")] }, Shape(["A", "B"]), "unit of 'theta'", "group 'B'", "Fix an SD");

    [Fact]
    public void Fixed_slopes_give_the_unit_but_not_the_origin()
    {
        ModelSpecification rasch = new() { Functions = [new FunctionAssignment("*", ItemFunction.Rasch)] };
        Plan(rasch, Shape());
        Refuses(rasch with { Population = [Free("mean")] }, Shape(), "origin of 'theta'", "Fix a mean");
    }

    [Theory]
    [InlineData(ItemFunction.Rasch)]
    [InlineData(ItemFunction.PartialCredit)]
    [InlineData(ItemFunction.RatingScale)]
    [InlineData(ItemFunction.SequentialRasch)]
    [InlineData(ItemFunction.OneParameter)]
    public void Items_without_slopes_of_their_own_have_nothing_to_explore(ItemFunction function)
    {
        ModelSpecification model = new() { Attributes = ["F1", "F2"], IsExploratory = true, Functions = [new FunctionAssignment("*", function)] };
        Refuses(model, Shape(), "6 item(s) of " + function.Name(), "'q1'", "free slopes", "--q-matrix");
        Refuses(model with { Functions = [.. model.Functions, new FunctionAssignment("q1-q5", ItemFunction.TwoParameter)] }, Shape(), "1 item(s)", "'q6'");
        Plan(model with { Attributes = ["F1"] }, Shape());
    }

    [Fact]
    public void Slopes_fixed_at_one_number_have_nothing_to_explore() => Refuses(
        new() { Attributes = ["F1", "F2"], IsExploratory = true, Constraints = [new("*", "a*", ConstraintKind.Fixed, 1)] }, Shape(), "fixed at 1", "nothing to explore");

    [Fact]
    public void Rating_scale_thresholds_do_not_give_the_origin()
    {
        ModelSpecification ratings = new() { Functions = [new FunctionAssignment("*", ItemFunction.RatingScale)] };
        Plan(ratings, Shape(categories: 3));
        Refuses(ratings with { Population = [Free("mean")] }, Shape(categories: 3), "origin of 'theta'");
    }

    [Fact]
    public void A_prior_on_intercepts_places_the_origin() => Plan(
        new() { Population = [Free("mean")], Priors = [new ParameterPrior("*", "d", PriorDistribution.Normal, 0, 2)] }, Shape());

    [Fact]
    public void A_group_without_linking_items_cannot_have_a_free_mean()
    {
        DataShape shape = Shape(["A", "B"], [[0, 1, 2], [3, 4, 5]]);
        Assert.Contains("group 'B'", Assert.Single(CalibrationPlanner.Plan(new(), shape).Warnings), StringComparison.Ordinal);
        Refuses(new() { Population = [Free("mean", "B")] }, shape, "origin of 'theta'", "group 'B'", "no item links", "hold items equal", "--anchors");
        Refuses(new() { EqualAcrossGroups = "none", Population = [Free("mean", "B")] }, Shape(["A", "B"]), "no item links group 'B'");
        Plan(new() { Population = [Free("mean", "B")], Constraints = [new("q4", "*", ConstraintKind.Fixed, 1)] }, shape);
    }

    [Fact]
    public void One_slope_fixed_is_a_unit_and_one_intercept_with_it_an_origin() => Plan(
        new() { Population = [Free("mean"), Free("sd")], Constraints = [new("q1", "a1", ConstraintKind.Fixed, 1), new("q1", "d", ConstraintKind.Fixed, 0.3)] },
        Shape());

    [Fact]
    public void Attributes_with_items_of_their_own_are_identified_and_their_mixtures_are_not()
    {
        Plan(TwoDimensions, Shape());
        Plan(TwoDimensions with { QMatrix = Measures("x", "x", "xy", "xy", "y", "y") }, Shape());
        Refuses(TwoDimensions with { QMatrix = Measures("x", "x", "xy", "xy", "xy", "xy") }, Shape(), "'x'", "'y'", "axes", "Fix the correlation", "--attributes");
        Plan(
            TwoDimensions with
            {
                QMatrix = Measures("x", "x", "xy", "xy", "xy", "xy"),
                Population = [new PopulationConstraint("correlation", ConstraintKind.Fixed, 0)],
            },
            Shape());
        Refuses(
            TwoDimensions with { QMatrix = Measures("xy", "xy", "xy", "xy", "xy", "xy"), Population = [new PopulationConstraint("correlation", ConstraintKind.Fixed, 0)] },
            Shape(), "measured by the same items", "Change the Q-matrix");
    }

    [Fact]
    public void An_attribute_that_only_a_free_group_measures_apart_is_not_identified_there() => Refuses(
        TwoDimensions with { QMatrix = Measures("x", "x", "x", "xy", "xy", "y"), Population = [new PopulationConstraint("sd", ConstraintKind.Free, Attribute: "y")] },
        Shape(), "unit of 'y'", "Fix an SD");

    [Fact]
    public void An_attribute_needs_items()
    {
        Refuses(TwoDimensions with { QMatrix = Measures("x", "x", "x", "x", "x", "x") }, Shape(), "No item measures attribute 'y'", "remove its column");
        Refuses(TwoDimensions with { QMatrix = Measures("x", "x", "x", "x", "x", "y") }, Shape(), "Only item 'q6' measures 'y'", "more items");
        Refuses(TwoDimensions with { QMatrix = Measures("x", "x", "x", "y", "y", "") }, Shape(), "'q6' measures no attribute", "Give it a 1");
    }

    [Fact]
    public void More_attributes_than_items_cannot_be_explored()
    {
        ModelSpecification explore = new() { Attributes = ["F1", "F2", "F3"], IsExploratory = true };
        Plan(explore, Shape());
        Refuses(explore, Shape(items: 2), "3 attributes cannot be explored with 2 items", "Lower --attributes");
        Refuses(explore, Shape(items: 3), "Only item 'q3' measures 'F3'", "Lower --attributes");
    }

    [Fact]
    public void Patterns_must_be_more_than_parameters()
    {
        Plan(new(), Shape(items: 3));
        Refuses(new(), Shape(items: 2), "4 free parameters are more than the 3", "Use more items", "simpler --model");
        Refuses(new() { ClassCount = 3 }, Shape(items: 4), "fewer --classes");
    }

    [Fact]
    public void A_class_of_proportion_0_is_none()
    {
        Refuses(
            new() { ClassCount = 2, Population = [new PopulationConstraint("proportion", ConstraintKind.Fixed, 0, Class: "2")] }, Shape(),
            "Class '2' is left a proportion of 0", "lower --classes");
        Refuses(
            new() { ClassCount = 2, Population = [new PopulationConstraint("proportion", ConstraintKind.Fixed, 1, Class: "1")] }, Shape(["A", "B"]),
            "Class '2'", "group 'A'", "positive proportion");
        Refuses(
            new() { ClassCount = 3, Population = [new PopulationConstraint("proportion", ConstraintKind.Fixed, 0.4, Class: "2")] }, Shape(),
            "proportions of 2 of the 3 classes", "all but one");
    }

    [Fact]
    public void Parameters_held_equal_cannot_be_fixed_apart() => Refuses(
        new()
        {
            Constraints =
            [
                new("q1,q2", "a1", ConstraintKind.Equal), new("q1", "a1", ConstraintKind.Fixed, 1), new("q2", "a1", ConstraintKind.Fixed, 2),
            ],
        },
        Shape(), "Contradictory constraints", "a1 of 'q2'", "fixed at 1", "fixed at 2", "Remove one");

    [Fact]
    public void A_covariance_matrix_must_be_positive_definite()
    {
        PopulationConstraint[] correlations =
        [
            new("correlation", ConstraintKind.Fixed, 0.9, "x", "y"), new("correlation", ConstraintKind.Fixed, 0.9, "x", "z"), new("correlation", ConstraintKind.Fixed, -0.9, "y", "z"),
        ];
        Dictionary<string, int[]> measures = Enumerable.Range(0, 6).ToDictionary(item => $"q{item + 1}", item => Enumerable.Range(0, 3).Select(j => item / 2 == j ? 1 : 0).ToArray());
        ModelSpecification model = new() { Attributes = ["x", "y", "z"], QMatrix = measures, Quadrature = new QuadratureSpecification(Nodes: 5) };
        Plan(model with { Population = correlations[..2] }, Shape());
        Refuses(model with { Population = correlations }, Shape(), "not positive definite", "Change the fixed or start values");
        Refuses(
            TwoDimensions with { Population = [new("correlation", ConstraintKind.Fixed, 0.5)] }, Shape(["A", "B"]),
            "correlation of 'x' and 'y'", "0.5", "group 'B'", "Fix the SDs first");
        Refuses(new() { Population = [new("sd", ConstraintKind.Fixed, -1)] }, Shape(), "sd of 'theta'", "-1", "positive");
    }

    [Fact]
    public void A_constraint_needs_a_parameter_that_is_there()
    {
        Refuses(
            new() { EqualAcrossGroups = "none", Constraints = [new("q1", "d", ConstraintKind.Fixed, 0, Group: "B")] }, Shape(["A", "B"], [[0, 1, 2, 3], [2, 3, 4, 5]]),
            "d of 'q1'", "group 'B'", "no one there answered", "remove the constraint");
        Refuses(new() { Constraints = [new("q1", "g", ConstraintKind.Fixed, 0)] }, Shape(), "g of 'q1'", "names no parameter", "Parameters are");
        Refuses(new() { Constraints = [new("q1", "d", ConstraintKind.Fixed, 0, Group: "C")] }, Shape(["A", "B"]), "no group 'C'", "A, B");
        Refuses(new() { ClassCount = 2, Constraints = [new("q1", "d", ConstraintKind.Fixed, 0, Class: "3")] }, Shape(), "no class '3'", "1, 2");
    }

    [Fact]
    public void Item_lists_and_groups_must_be_known()
    {
        Refuses(new() { FreeItems = "zz" }, Shape(["A", "B"]), "--free-items", "'zz'", "Check the spelling");
        Refuses(new() { EqualAcrossGroups = "zz" }, Shape(["A", "B"]), "--equal-across-groups", "'zz'");
        Refuses(new() { ReferenceGroup = "C" }, Shape(["A", "B"]), "reference group 'C'", "A, B");
    }

    [Fact]
    public void Known_classes_must_fit_into_the_classes() =>
        Refuses(new() { ClassCount = 2 }, Shape(classes: ["a", "b", "c"]), "3 different values", "2 classes", "Raise --classes");

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void The_number_of_classes_is_bounded(int classes) =>
        Refuses(new() { ClassCount = classes }, Shape(), $"--classes {classes}", "from 1 to 100");
}
