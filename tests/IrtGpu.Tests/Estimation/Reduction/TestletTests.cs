using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reduction;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Reduction;

/// <summary>Testlet models: a(θ + γ) + d, the slopes of an item equal, the standard deviation of γ free.</summary>
public sealed class TestletTests
{
    private static readonly CalibrationOptions Tight = new() { Tolerance = 1e-8, MaxCycles = 3000, StandardErrors = StandardErrorMethod.Oakes, Scores = ScoreMethod.None };

    public static TheoryData<ItemFunction, int> Models => new()
    {
        { ItemFunction.TwoParameter, 2 }, { ItemFunction.Graded, 3 }, { ItemFunction.GeneralizedPartialCredit, 3 }, { ItemFunction.Nominal, 3 }, { ItemFunction.OneParameter, 2 }, { ItemFunction.Rasch, 2 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Estimates_and_errors_of_every_item_model_are_those_on_the_grid(ItemFunction function, int categories)
    {
        using ResponseData data = Draw(700, 9, categories, groups: 1);
        ModelSpecification model = Testlets(9) with { Functions = [new("*", function)], Quadrature = new QuadratureSpecification(Nodes: 11, Low: -5, High: 5) };
        CalibrationResult reduced = Run(data, model);
        CalibrationResult dense = Run(data, model with { Integration = IntegrationMethod.Grid });
        Assert.Equal((IntegrationMethod.Reduced, IntegrationMethod.Grid), (reduced.Plan.Integration.Method, dense.Plan.Integration.Method));
        Assert.True(reduced.Termination.IsConverged, reduced.Termination.Message);
        Assert.Equal(dense.LogLikelihood, reduced.LogLikelihood, 1e-9 * Math.Abs(dense.LogLikelihood));
        Closeness.AssertNear(dense.Point.Parameters.Free, reduced.Point.Parameters.Free, 1e-4, "estimates");
        Assert.Null(reduced.StandardErrors.Reason);
        Closeness.AssertNear(dense.StandardErrors.Covariance!, reduced.StandardErrors.Covariance!, 1e-4, "covariances of estimates");
        PlannedBlock block = reduced.Plan.Blocks[0];
        bool hasOwnSlopes = function != ItemFunction.Rasch;
        Assert.Equal(hasOwnSlopes, reduced.Plan.Layout.IsFixed(block.CovarianceSlot(0, 0)));
        Assert.False(reduced.Plan.Layout.IsFixed(block.CovarianceSlot(1, 1)) || reduced.Plan.Layout.IsFixed(block.CovarianceSlot(2, 2)));
    }

    /// <summary>A testlet of deviation σ is a specific attribute of deviation 1 on which an item's slope is aσ.</summary>
    [Fact]
    public void The_likelihood_is_that_of_the_bifactor_model_whose_specific_slopes_are_proportional_to_the_general_ones()
    {
        using ResponseData data = Draw(2000, 9, 2, groups: 1);
        ModelSpecification testlets = Testlets(9) with { Quadrature = new QuadratureSpecification(Nodes: 61, Low: -9, High: 9) };
        CalibrationResult fit = Run(data, testlets);
        Assert.Equal(9 + 9 + 2, fit.FreeParameterCount);
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan bifactor = CalibrationPlanner.Plan(testlets with { Constraints = [] }, DataShape.Of(data, patterns));
        double[] free = new double[bifactor.Layout.FreeCount];
        for (int item = 0; item < 9; item++)
        {
            ItemParameterSet from = fit.Plan.ParameterSets[item];
            double[] values = fit.Point.Parameters.Slots[from.FirstSlot..(from.FirstSlot + from.SlotCount)];
            if (item % 3 < 2)
            {
                Assert.Equal(values[0], values[1]);
                values[1] *= Math.Sqrt(fit.Point.Parameters.Slots[fit.Plan.Blocks[0].CovarianceSlot(1 + item % 3, 1 + item % 3)]);
            }
            for (int slot = 0; slot < values.Length; slot++)
                free[bifactor.Layout.FreeOf(bifactor.ParameterSets[item].FirstSlot + slot)[0]] = values[slot];
        }
        using ReducedBackend backend = new(bifactor, patterns, 1);
        using Expectation expectation = backend.ComputeExpectation(ModelPoint.TryCreate(bifactor, new ParameterVector(bifactor.Layout, free))!);
        Assert.Equal(fit.LogLikelihood, expectation.LogLikelihood, 1e-10 * Math.Abs(fit.LogLikelihood));
        CalibrationResult wider = Run(data, testlets with { Constraints = [] });
        Assert.True(wider.LogLikelihood > fit.LogLikelihood && wider.LogLikelihood < fit.LogLikelihood + 10, $"{wider.LogLikelihood} and {fit.LogLikelihood}: 4 further parameters");
    }

    [Fact]
    public void Deviations_of_testlets_are_free_in_every_group_and_estimates_are_near_the_truth()
    {
        using ResponseData data = Draw(8000, 12, 2, groups: 2);
        CalibrationResult fit = Run(data, Testlets(12));
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        for (int group = 0; group < 2; group++)
        {
            PlannedBlock block = fit.Plan.Blocks[group];
            Assert.Equal(group == 0, fit.Plan.Layout.IsFixed(block.CovarianceSlot(0, 0)));
            Assert.Equal(1.0, Math.Sqrt(fit.Point.Parameters.Slots[block.CovarianceSlot(0, 0)]), 0.1);
            Assert.Equal(0.6, Math.Sqrt(fit.Point.Parameters.Slots[block.CovarianceSlot(1, 1)]), 0.12);
            Assert.Equal(0.9, Math.Sqrt(fit.Point.Parameters.Slots[block.CovarianceSlot(2, 2)]), 0.12);
        }
    }

    [Fact]
    public void About_modes_and_by_draws_slopes_of_an_item_are_one_parameter_too()
    {
        using ResponseData data = Draw(1500, 9, 2, groups: 1);
        CalibrationResult reduced = Run(data, Testlets(9));
        CalibrationResult adaptive = Run(data, Testlets(9) with { Integration = IntegrationMethod.Adaptive, Quadrature = new QuadratureSpecification(Nodes: 9) });
        Assert.Equal(reduced.LogLikelihood, adaptive.LogLikelihood, 0.3);
        Closeness.AssertNear(reduced.Point.Parameters.Free, adaptive.Point.Parameters.Free, 0.05, "estimates");
        CalibrationResult stochastic = Calibration.Run(
            data, Testlets(9) with { Integration = IntegrationMethod.Stochastic }, new CalibrationOptions { StandardErrors = StandardErrorMethod.Louis, Scores = ScoreMethod.None, Seed = 1 },
            cancellation: TestContext.Current.CancellationToken);
        for (int free = 0; free < reduced.FreeParameterCount; free++)
        {
            double error = Math.Sqrt(reduced.StandardErrors.Covariance![free * reduced.FreeParameterCount + free]);
            Assert.Equal(reduced.Point.Parameters.Free[free], stochastic.Point.Parameters.Free[free], 0.6 * error);
        }
    }

    [Fact]
    public void What_nothing_determines_is_refused()
    {
        Refuses(Testlets(9) with { Population = [new("sd", ConstraintKind.Free)] }, "The units of several attributes, 'general'");
        Refuses(Testlets(9) with { QMatrix = Enumerable.Range(0, 9).ToDictionary(SimulatedData.Name, item => new[] { 1, item < 7 ? 1 : 0, item == 7 ? 1 : 0 }) }, $"Only item '{SimulatedData.Name(7)}' measures 't2'");
        Refuses(Testlets(9) with { QMatrix = Enumerable.Range(0, 9).ToDictionary(SimulatedData.Name, item => new[] { 1, item % 2, 1 - item % 2 }) }, "The units of several attributes, 't");
        Refuses(Testlets(9) with { Constraints = [new("*", "a1", ConstraintKind.EqualWithinItems)] }, "names one slope of an item only");
        Refuses(Testlets(9) with { Constraints = [new("*", "d", ConstraintKind.EqualWithinItems)] }, "which names all slopes");
        Refuses(Testlets(9) with { Constraints = [.. Testlets(9).Constraints, new("*", "a1", ConstraintKind.Fixed, 1), new("*", "a2", ConstraintKind.Fixed, 2)] }, "Contradictory constraints");

        static void Refuses(ModelSpecification model, string message)
        {
            using ResponseData data = Draw(200, 9, 2, groups: 1);
            SpecificationException exception = Assert.Throws<SpecificationException>(() => Run(data, model));
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>One slope fixed, in one item, gives the unit of the general attribute and of the testlets.</summary>
    [Fact]
    public void A_fixed_slope_frees_the_general_deviation_as_well()
    {
        using ResponseData data = Draw(1500, 9, 2, groups: 1);
        CalibrationResult free = Run(data, Testlets(9));
        CalibrationResult held = Run(data, Testlets(9) with { Constraints = [.. Testlets(9).Constraints, new(SimulatedData.Name(0), "a1", ConstraintKind.Fixed, 0.5), new(SimulatedData.Name(4), "a1", ConstraintKind.Start, 1)] });
        Assert.Equal(free.FreeParameterCount, held.FreeParameterCount);
        Assert.Equal(free.LogLikelihood, held.LogLikelihood, 1e-5);
        double unit = 0.5 / free.Point.Parameters.Slots[free.Plan.ParameterSets[0].FirstSlot];
        for (int attribute = 0; attribute < 3; attribute++)
        {
            double expected = Math.Sqrt(free.Point.Parameters.Slots[free.Plan.Blocks[0].CovarianceSlot(attribute, attribute)]) / unit;
            Assert.Equal(expected, Math.Sqrt(held.Point.Parameters.Slots[held.Plan.Blocks[0].CovarianceSlot(attribute, attribute)]), 1e-3 * expected);
        }
    }

    private static CalibrationResult Run(ResponseData data, ModelSpecification model) => Calibration.Run(data, model, Tight, cancellation: TestContext.Current.CancellationToken);

    private static ModelSpecification Testlets(int items) => new()
    {
        Attributes = ["general", "t1", "t2"],
        QMatrix = Enumerable.Range(0, items).ToDictionary(SimulatedData.Name, item => new[] { 1, item % 3 == 0 ? 1 : 0, item % 3 == 1 ? 1 : 0 }),
        IsOrthogonal = true,
        Constraints = [new ParameterConstraint("*", "a", ConstraintKind.EqualWithinItems)],
    };

    /// <summary>Two testlets of deviations 0.6 and 0.9; of several categories the differences of neighbours are logistic.</summary>
    private static ResponseData Draw(int persons, int items, int categories, int groups)
    {
        Random random = new(7);
        byte[] responses = new byte[persons * items];
        for (int person = 0; person < persons; person++)
        {
            double[] theta = [SimulatedData.Normal(random), 0.6 * SimulatedData.Normal(random), 0.9 * SimulatedData.Normal(random), 0];
            for (int item = 0; item < items; item++)
            {
                double[] weight = [.. Enumerable.Range(0, categories).Select(category =>
                    Math.Exp(category * (0.8 + 0.2 * (item % 4)) * (theta[0] + theta[1 + item % 3]) + category * (0.4 * (item % 5) - 0.8) + 0.5 * category * (categories - 1 - category)))];
                double rest = random.NextDouble() * weight.Sum();
                int drawn = 0;
                while (drawn < categories - 1 && (rest -= weight[drawn]) > 0)
                    drawn++;
                responses[person * items + item] = (byte)drawn;
            }
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(0, items).Select(SimulatedData.Name)],
            CategoryCodes = [.. Enumerable.Repeat(Enumerable.Range(0, categories).ToArray(), items)],
            Responses = new(responses, items),
            PersonCount = persons,
            GroupNames = groups == 1 ? [""] : ["A", "B"],
            Groups = groups == 1 ? null : [.. Enumerable.Range(0, persons).Select(person => person % groups)],
            ClassNames = [],
        };
    }
}
