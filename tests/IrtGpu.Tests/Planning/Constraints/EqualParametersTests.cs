using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning.Constraints;

/// <summary>What <c>equal</c> makes one parameter, and what it refuses.</summary>
public sealed class EqualParametersTests
{
    private static readonly string[] Copies = ["1", "2", "3", "4", "5"];
    private static readonly int[] IsBefore = [1, 0];
    private static readonly int[] IsAfter = [0, 1];

    private static ModelSpecification TwoTimes(string slope) => new()
    {
        Attributes = ["pre", "post"],
        QMatrix = Copies.SelectMany(copy => new[] { ("pre" + copy, IsBefore), ("post" + copy, IsAfter) }).ToDictionary(),
        Constraints =
        [
            .. Copies.Select(copy => new ParameterConstraint($"pre{copy},post{copy}", slope, ConstraintKind.Equal)),
            .. Copies.Select(copy => new ParameterConstraint($"pre{copy},post{copy}", "d", ConstraintKind.Equal)),
        ],
        Population = [new("mean", ConstraintKind.Free, Attribute: "post"), new("sd", ConstraintKind.Free, Attribute: "post")],
        Quadrature = new QuadratureSpecification(Nodes: 31, Low: -5, High: 5),
    };

    /// <summary>Numbers of an independent maximisation over 31 × 31 nodes from −5 to 5.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("a*")]
    public void Copies_of_items_at_two_times_share_their_slopes(string slope)
    {
        using ResponseData data = TestFiles.Read("Planning/Constraints/data/two-times.csv");
        CalibrationResult result = Calibration.Run(
            data, TwoTimes(slope), new CalibrationOptions { Tolerance = 1e-8, StandardErrors = StandardErrorMethod.None }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(-2477.677, result.LogLikelihood, 1e-3);
        Assert.Equal(13, result.FreeParameterCount);
        double[] slots = result.Point.Parameters.Slots;
        PlannedBlock block = result.Plan.Blocks[0];
        double[] slopes = [0.906, 1.029, 0.782, 1.209, 1.089];
        for (int copy = 0; copy < slopes.Length; copy++)
        {
            Assert.Equal(slopes[copy], slots[result.Plan.ParameterSets[copy].FirstSlot], 1e-3);
            Assert.Equal(slots[result.Plan.ParameterSets[copy].FirstSlot], slots[result.Plan.ParameterSets[copy + 5].FirstSlot]);
        }
        Assert.Equal(0.679, slots[block.FirstMeanSlot + 1], 1e-3);
        double deviation = Math.Sqrt(slots[block.CovarianceSlot(1, 1)]);
        Assert.Equal(1.431, deviation, 1e-3);
        Assert.Equal(0.736, slots[block.CovarianceSlot(0, 1)] / deviation, 1e-3);
    }

    [Fact]
    public void The_name_a_is_the_slope_of_an_item_of_one_attribute()
    {
        SimulatedData data = SimulatedData.Dichotomous(100, 6) with { Attributes = 2 };
        ModelSpecification model = new() { Attributes = ["x", "y"], QMatrix = data.QMatrix() };
        CalibrationPlan plan = Plan(data, model with { Constraints = [new("q0001-q0004", "a", ConstraintKind.Equal), new("q0005-q0006", "a", ConstraintKind.Fixed, 0.7)] });
        ParameterVector point = new(plan.Layout, plan.DefaultStart);
        Assert.Single(Enumerable.Range(0, 4).SelectMany(item => plan.Layout.FreeOf(plan.ParameterSets[item].FirstSlot).ToArray()).Distinct());
        Assert.All(Enumerable.Range(4, 2), item => Assert.Equal(0.7, point.Slots[plan.ParameterSets[item].FirstSlot]));
    }

    [Fact]
    public void Slopes_of_a_pattern_are_equal_attribute_by_attribute_where_names_repeat()
    {
        SimulatedData data = SimulatedData.Dichotomous(100, 6) with { Attributes = 2 };
        ModelSpecification model = new() { Attributes = ["x", "y"], QMatrix = data.QMatrix(), Constraints = [new("*", "a*", ConstraintKind.Equal)] };
        CalibrationPlan plan = Plan(data, model);
        Assert.Equal(2, plan.ParameterSets.SelectMany(set => plan.Layout.FreeOf(set.FirstSlot).ToArray()).Distinct().Count());
    }

    [Fact]
    public void What_holds_nothing_equal_is_refused()
    {
        SimulatedData data = SimulatedData.Polytomous(100, 4, 3);
        Refuses(data, new() { Constraints = [new("q0001", "d*", ConstraintKind.Equal)] }, "holds nothing equal", "d1 of 'q0001', d2 of 'q0001'");
        Refuses(data, new() { Constraints = [new("q0001", "a1", ConstraintKind.Equal)] }, "holds nothing equal", "one parameter only: a1 of 'q0001'");
        Refuses(data, new() { Population = [new("sd", ConstraintKind.Equal)] }, "holds nothing equal", "groups or classes");
        Refuses(data, new() { Population = [new("correlation", ConstraintKind.Start, 0.5)] }, "names nothing", "two attributes");
        SimulatedData two = SimulatedData.Dichotomous(100, 6) with { Attributes = 2, HasCrossLoadings = true };
        Refuses(
            two, new() { Attributes = ["x", "y"], QMatrix = two.QMatrix(), Constraints = [new("*", "a", ConstraintKind.Equal)] },
            "'q0001' measures 2", "a1, a2");
    }

    private static void Refuses(SimulatedData data, ModelSpecification model, params string[] parts)
    {
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Plan(data, model));
        Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    private static CalibrationPlan Plan(SimulatedData simulation, ModelSpecification specification)
    {
        ResponseData data = simulation.Draw();
        return CalibrationPlanner.Plan(specification, DataShape.Of(data, PatternTable.Compress(data)));
    }
}
