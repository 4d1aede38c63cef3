using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning.Starts;

/// <summary>Estimation begins inside the domain of every item and prior, or is refused before it begins.</summary>
public sealed class AdmissibleStartTests
{
    private static readonly SimulatedData Graded = SimulatedData.Polytomous(200, 5, 4);
    private static readonly SimulatedData Solved = SimulatedData.Dichotomous(200, 6);

    private static ParameterConstraint Fixed(string item, string parameter, double value) => new(item, parameter, ConstraintKind.Fixed, value);

    private static ParameterConstraint Start(string item, string parameter, double value) => new(item, parameter, ConstraintKind.Start, value);

    private static ModelSpecification Model(ItemFunction function, params ParameterConstraint[] constraints) =>
        new() { Functions = [new FunctionAssignment("*", function)], Constraints = constraints };

    private static CalibrationResult Run(SimulatedData data, ModelSpecification model) =>
        Calibration.Run(data.Draw(), model, new CalibrationOptions { StandardErrors = StandardErrorMethod.None });

    private static void Refuses(SimulatedData data, ModelSpecification model, params string[] parts)
    {
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Run(data, model));
        Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    public static TheoryData<string, double[]> HeldIntercepts => new()
    {
        { "d1", [-3] }, { "d2", [-3] }, { "d3", [3] }, { "d1 d3", [-3, -3.5] }, { "d1 d2", [0.2, 0.1] }, { "d2 d3", [3, 2.9] }, { "d1 d2 d3", [1, 0, -1] },
    };

    [Theory]
    [MemberData(nameof(HeldIntercepts))]
    public void Free_graded_intercepts_start_around_those_that_are_held(string names, double[] values)
    {
        string[] held = names.Split(' ');
        foreach (ConstraintKind kind in new[] { ConstraintKind.Fixed, ConstraintKind.Start })
        {
            ModelSpecification model = Model(ItemFunction.Graded, [.. held.Select((name, k) => new ParameterConstraint("q0001", name, kind, values[k]))]);
            ResponseData data = Graded.Draw();
            PatternTable patterns = PatternTable.Compress(data);
            CalibrationPlan plan = CalibrationPlanner.Plan(model, DataShape.Of(data, patterns));
            ParameterVector start = StartingValues.Search(plan, patterns, null, 1, 1)[0];
            Assert.True(plan.IsInDomain(start));
            Assert.All(held, (name, k) => Assert.Equal(values[k], start.Slots[plan.ParameterSets[0].FirstSlot + (name[1] - '0')]));
        }
    }

    [Fact]
    public void A_graded_item_with_one_fixed_intercept_is_estimated()
    {
        CalibrationResult result = Run(Graded, Model(ItemFunction.Graded, Fixed("q0001", "d2", -2)));
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        Assert.True(double.IsFinite(result.LogLikelihood));
    }

    [Fact]
    public void Intercepts_tied_across_graded_items_start_in_order()
    {
        ModelSpecification model = Model(ItemFunction.Graded, new("q0001,q0002", "d1", ConstraintKind.Equal), Fixed("q0001", "d1", -3), new("q0003,q0004", "d2", ConstraintKind.Equal));
        Assert.True(Run(Graded, model).Termination.IsConverged);
    }

    [Fact]
    public void Held_intercepts_that_do_not_decrease_are_refused()
    {
        Refuses(Graded, Model(ItemFunction.Graded, Fixed("q0001", "d3", 1), Start("q0001", "d1", 0.5)), "'q0001'", "0.5, 1", "d1 > d2");
        Refuses(Graded, Model(ItemFunction.Graded, Fixed("q0001", "d1", double.NaN)), "d1 of 'q0001'", "finite");
    }

    [Theory]
    [InlineData(0.0, null)]
    [InlineData(1.0, null)]
    [InlineData(null, 0.0)]
    [InlineData(null, 1.0)]
    public void Asymptotes_do_not_start_at_their_ends(double? lower, double? upper) => Refuses(
        Solved,
        Model(ItemFunction.FourParameter, lower is { } g ? Start("q0001", "g", g) : Start("q0001", "u", upper!.Value)),
        "'q0001'", "Give a start between 0 and 1", "fixed:");

    [Fact]
    public void Asymptotes_leave_room_for_the_curve()
    {
        foreach (ParameterConstraint[] held in new ParameterConstraint[][]
        {
            [Fixed("q0001", "g", 1)], [Fixed("q0001", "u", 0)], [Fixed("q0001", "g", 0.5), Start("q0001", "u", 0.4)], [Start("q0001", "g", 0.5), Start("q0001", "u", 0.5)],
        })
        {
            Refuses(Solved, Model(ItemFunction.FourParameter, held), "'q0001'", "g < u");
        }
        Refuses(Solved, Model(ItemFunction.ThreeParameter, Fixed("q0001", "g", 1)), "'q0001'", "g < u");
        Assert.True(double.IsFinite(Run(Solved, Model(ItemFunction.FourParameter, Fixed("q0001", "g", 0.97))).LogLikelihood));
        Assert.True(double.IsFinite(Run(Solved, Model(ItemFunction.FourParameter, Fixed("q0001", "u", 0.1))).LogLikelihood));
    }

    [Fact]
    public void A_start_outside_the_support_of_its_prior_is_refused_with_the_start_to_give()
    {
        ModelSpecification model = Model(ItemFunction.TwoParameter) with { Priors = [new("*", "d", PriorDistribution.LogNormal, 0, 1)] };
        Refuses(Solved, model, "lognormal prior on d", "positive", "Give a normal prior", "start: 0.5");
        CalibrationResult started = Run(Solved, model with { Constraints = [Start("*", "d", 0.5)] });
        Assert.True(started.Termination.IsConverged);
        Assert.All(started.Plan.ParameterSets, set => Assert.True(started.Point.Parameters.Slots[set.FirstSlot + 1] > 0));
        Refuses(Solved, Model(ItemFunction.ThreeParameter) with { Priors = [new("*", "g", PriorDistribution.LogNormal, 0, 1)] }, "logit of g of 'q0001'");
    }

    [Fact]
    public void Random_starts_stay_in_the_support_of_priors()
    {
        ModelSpecification model = Model(ItemFunction.TwoParameter, Start("*", "d", 0.05)) with { Priors = [new("*", "d", PriorDistribution.LogNormal, 0, 1)] };
        ResponseData data = Solved.Draw();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(model, DataShape.Of(data, patterns));
        Assert.All(StartingValues.Search(plan, patterns, null, 20, 1), start => Assert.True(plan.IsInDomain(start)));
    }

    [Fact]
    public void A_start_without_likelihood_is_refused() =>
        Refuses(Solved, Model(ItemFunction.TwoParameter, Fixed("q0001", "d", double.MaxValue), Fixed("q0001", "a1", -1e306)), "log-likelihood", "fixed values");
}
