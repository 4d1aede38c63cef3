using IrtGpu.Compute;
using IrtGpu.Compute.Reduction;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Golden;

namespace IrtGpu.Tests.Estimation.Reduction;

/// <summary>Whole calibrations in the reduced form.</summary>
public sealed class ReducedFitTests
{
    private static readonly CalibrationOptions Tight = new() { Tolerance = 1e-8, MaxCycles = 3000, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None };

    private static CalibrationResult Run(ResponseData data, ModelSpecification model, CalibrationOptions options) =>
        Calibration.Run(data, model, options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Log-likelihood, estimates and standard errors of other software (mirt 1.47: bfactor, 31 nodes, polished by Newton steps; Oakes).</summary>
    [Fact]
    public void A_bifactor_model_of_the_science_test_is_that_of_the_reference()
    {
        GoldenCase golden = GoldenCase.LoadFrom("reduced", "bifactor_SAT12");
        using ResponseData data = golden.ReadData();
        CalibrationResult result = Run(data, golden.Specification() with { IsOrthogonal = true }, Tight with { StandardErrors = StandardErrorMethod.Oakes });
        Assert.Equal(IntegrationMethod.Reduced, result.Plan.Integration.Method);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        Assert.Equal(golden.FreeParameters, result.FreeParameterCount);
        Assert.Equal(golden.LogLikelihood, result.LogLikelihood, 1e-6);
        Dictionary<(string, string), ItemRow> rows = ItemTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors).ToDictionary(row => (row.Item, row.Parameter));
        foreach (GoldenParameter parameter in golden.Parameters)
        {
            ItemRow row = rows[(parameter.Item!, parameter.Name)];
            Assert.Equal(parameter.Value, row.Estimate, 1e-4);
            Assert.Equal(1, row.StandardError!.Value / parameter.Se!.Value, 1e-3);
        }
    }

    /// <summary>M2 and what is made of it, of other software (mirt 1.47: M2 of the fit above), at the 9 nodes a dimension that it takes; at 31 M2 is 558.2265.</summary>
    [Fact]
    public void Model_fit_of_the_science_test_is_that_of_the_reference()
    {
        GoldenCase golden = GoldenCase.LoadFrom("reduced", "bifactor_SAT12");
        using ResponseData data = golden.ReadData();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationResult result = Run(data, golden.Specification() with { IsOrthogonal = true }, Tight);
        ModelFit fit = At(9);
        Assert.Equal(432, fit.Df);
        Closeness.AssertRelative(553.470378477387, fit.Statistic, 1e-7, "M2");
        Closeness.AssertRelative(0.0216660583149283, fit.Rmsea, 1e-6, "RMSEA");
        Closeness.AssertRelative(0.0421527564595409, fit.Srmsr, 1e-6, "SRMSR");
        Closeness.AssertRelative(0.970148531083391, fit.Tli, 1e-5, "TLI");
        Closeness.AssertRelative(0.974000333524244, fit.Cfi, 1e-5, "CFI");
        Closeness.AssertRelative(At(61).Statistic, At(31).Statistic, 1e-8, "M2 of twice as many nodes");

        ModelFit At(int nodes)
        {
            ModelSpecification model = golden.Specification() with { IsOrthogonal = true, Quadrature = new QuadratureSpecification(Nodes: nodes, Low: -6, High: 6) };
            CalibrationPlan plan = CalibrationPlanner.Plan(model, DataShape.Of(data, patterns));
            ModelPoint point = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, result.Point.Parameters.Free))!;
            FitSource source = new(point, patterns, () => throw new InvalidOperationException("M2 needs no scores."), () => throw new InvalidOperationException("M2 needs no errors."));
            return FitEvaluation.Run(source, new FitOptions { Statistics = new HashSet<FitStatistic> { FitStatistic.ModelFit } }, cancellation: TestContext.Current.CancellationToken).ModelFits!.Single();
        }
    }

    /// <summary>Posterior means and deviations of other software, on the nodes that it scored on.</summary>
    [Fact]
    public void Scores_of_a_bifactor_model_are_those_of_the_reference()
    {
        GoldenCase golden = GoldenCase.LoadFrom("reduced", "bifactor_SAT12");
        using ResponseData data = golden.ReadData();
        PatternTable patterns = PatternTable.Compress(data);
        ModelSpecification model = golden.Specification() with { IsOrthogonal = true, Quadrature = new QuadratureSpecification(Nodes: 15, Low: -6, High: 6) };
        CalibrationPlan plan = CalibrationPlanner.Plan(model, DataShape.Of(data, patterns));
        double[] free = new double[plan.Layout.FreeCount];
        foreach (GoldenParameter parameter in golden.Parameters)
        {
            int slot = Enumerable.Range(0, plan.Layout.SlotCount).Single(slot => plan.Layout.Slots[slot] is { ParameterSet: >= 0 } one
                && one.Name == parameter.Name && plan.Items[plan.ParameterSets[one.ParameterSet].Item].Name == parameter.Item);
            free[plan.Layout.FreeOf(slot)[0]] = parameter.Value;
        }
        ModelPoint point = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
        using ReducedEStep step = new(plan, patterns, 2);
        PatternScores scores = step.Score(point);
        GoldenFit fit = new(golden, Run(data, model, Tight with { MaxCycles = 1 }));
        Assert.NotEmpty(golden.Eap);
        foreach (GoldenScore score in golden.Eap)
        {
            int pattern = fit.PatternOf(score);
            for (int attribute = 0; attribute < 4; attribute++)
            {
                Assert.Equal(score.Eap[attribute], scores.Mean[pattern * 4 + attribute], 1e-6);
                Assert.Equal(score.Sd[attribute], scores.StandardDeviation(pattern, attribute), 1e-6);
            }
        }
    }

    /// <summary>Testlets: a slope of 1 everywhere, and how much the items of a testlet have in common in its standard deviation.</summary>
    [Fact]
    public void A_testlet_model_is_a_bifactor_model_with_fixed_slopes_and_free_deviations()
    {
        using ResponseData data = (SimulatedData.Dichotomous(800, 12) with { Attributes = 2 }).Draw();
        ModelSpecification model = new()
        {
            Attributes = ["general", "t1", "t2"],
            QMatrix = Enumerable.Range(0, 12).ToDictionary(SimulatedData.Name, item => new[] { 1, 1 - item % 2, item % 2 }),
            IsOrthogonal = true,
            Constraints = [new ParameterConstraint("*", "a*", ConstraintKind.Fixed, 1)],
            Quadrature = new QuadratureSpecification(Nodes: 21, Low: -6, High: 6),
        };
        CalibrationResult reduced = Run(data, model, Tight with { StandardErrors = StandardErrorMethod.Oakes });
        CalibrationResult dense = Run(data, model with { Integration = IntegrationMethod.Grid }, Tight with { StandardErrors = StandardErrorMethod.Oakes });
        Assert.Equal((IntegrationMethod.Reduced, IntegrationMethod.Grid), (reduced.Plan.Integration.Method, dense.Plan.Integration.Method));
        Assert.Equal(12 + 3, reduced.FreeParameterCount);
        Assert.Equal(dense.LogLikelihood, reduced.LogLikelihood, 1e-10 * Math.Abs(dense.LogLikelihood));
        Closeness.AssertNear(dense.Point.Parameters.Free, reduced.Point.Parameters.Free, 1e-5, "estimates");
        Closeness.AssertNear(dense.StandardErrors.Covariance!, reduced.StandardErrors.Covariance!, 1e-4, "covariances of estimates");
    }

    [Fact]
    public void Six_uncorrelated_attributes_are_six_calibrations()
    {
        SimulatedData simulated = SimulatedData.Dichotomous(400, 30) with { Attributes = 6 };
        using ResponseData data = simulated.Draw();
        QuadratureSpecification nodes = new(Nodes: 61, Low: -6, High: 6);
        CalibrationResult together = Run(data, new ModelSpecification { Attributes = [.. Enumerable.Range(1, 6).Select(j => $"F{j}")], QMatrix = simulated.QMatrix(), IsOrthogonal = true, Quadrature = nodes }, Tight);
        Assert.Equal(1, together.Plan.Integration.Tree!.Width);
        double logLikelihood = 0;
        for (int attribute = 0; attribute < 6; attribute++)
        {
            int[] items = [.. Enumerable.Range(0, 30).Where(item => item % 6 == attribute)];
            using ResponseData part = Part(data, items);
            CalibrationResult alone = Run(part, new ModelSpecification { Quadrature = nodes }, Tight);
            logLikelihood += alone.LogLikelihood;
            for (int item = 0; item < items.Length; item++)
                Closeness.AssertNear(SlotsOf(alone, item), SlotsOf(together, items[item]), 1e-5, $"item {items[item]}");
        }
        Assert.Equal(logLikelihood, together.LogLikelihood, 1e-7);
    }

    /// <summary>A population far from the nodes to begin with: they follow it as they do on a grid.</summary>
    [Fact]
    public void Lines_of_nodes_follow_the_populations()
    {
        using ResponseData data = (SimulatedData.Dichotomous(500, 16) with { Spread = 4 }).Draw();
        ModelSpecification model = new()
        {
            Attributes = ["general", "s1", "s2"],
            QMatrix = Enumerable.Range(0, 16).ToDictionary(SimulatedData.Name, item => new[] { 1, item % 2, 1 - item % 2 }),
            IsOrthogonal = true,
            Constraints = [new ParameterConstraint("*", "a1", ConstraintKind.Fixed, 1)],
        };
        CalibrationResult result = Run(data, model, Tight with { Tolerance = 1e-4, Scores = ScoreMethod.Eap });
        Assert.NotEmpty(result.GridRounds);
        Assert.True(result.Plan.Grid.High > 6);
        Assert.True(result.Grid!.ShareBeyond < 1e-3);
    }

    private static double[] SlotsOf(CalibrationResult result, int item)
    {
        ItemParameterSet set = result.Plan.ParameterSets.Single(set => set.Item == item);
        return result.Point.Parameters.Slots[set.FirstSlot..(set.FirstSlot + set.SlotCount)];
    }

    private static ResponseData Part(ResponseData data, int[] items)
    {
        byte[] responses = new byte[data.PersonCount * items.Length];
        for (int person = 0; person < data.PersonCount; person++)
        {
            for (int item = 0; item < items.Length; item++)
                responses[person * items.Length + item] = data.Row(person)[items[item]];
        }
        return new ResponseData
        {
            ItemNames = [.. items.Select(item => data.ItemNames[item])],
            CategoryCodes = [.. items.Select(item => data.CategoryCodes[item])],
            Responses = new(responses, items.Length),
            PersonCount = data.PersonCount,
            GroupNames = [""],
            ClassNames = [],
        };
    }
}
