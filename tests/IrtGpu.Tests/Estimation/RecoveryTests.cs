using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation;

/// <summary>Estimates against the truth they were simulated from, and data of hostile shape.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData(2, ItemFunction.TwoParameter)]
    [InlineData(4, ItemFunction.GeneralizedPartialCredit)]
    public void Parameters_and_persons_are_recovered(int categories, ItemFunction function)
    {
        SimulatedData simulation = SimulatedData.Polytomous(2000, 20, categories) with { Seed = 11 };
        ResponseData data = simulation.Draw(out double[][] theta);
        CalibrationResult result = AssertFit.Run(data, new ModelSpecification { Functions = [new("*", function)] }, new CalibrationOptions());
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        List<(double True, double Estimate)> slopes = [];
        List<(double True, double Estimate)> intercepts = [];
        for (int item = 0; item < simulation.ItemCount; item++)
        {
            slopes.Add((simulation.Slopes[item][0], AssertFit.Value(result, SimulatedData.Name(item), "a1")));
            for (int step = 0; step < categories - 1; step++)
                intercepts.Add((simulation.Intercepts[item][step], AssertFit.Value(result, SimulatedData.Name(item), categories == 2 ? "d" : $"d{step + 1}")));
        }
        List<(double, double)> persons = [.. theta.Select((value, person) => (value[0], result.Scores!.Mean[result.Patterns.PatternOfPerson[person]]))];
        Assert.InRange(Correlation(slopes), 0.93, 1);
        Assert.InRange(Correlation(intercepts), 0.995, 1);
        Assert.InRange(Correlation(persons), 0.88, 1);
        Assert.InRange(RootMeanSquare(slopes), 0.01, 0.13);
        Assert.InRange(RootMeanSquare(intercepts), 0.01, 0.16);
    }

    [Fact]
    public void Means_and_variances_of_groups_are_recovered()
    {
        SimulatedData simulation = SimulatedData.Dichotomous(6000, 15) with { Groups = 3, Seed = 4 };
        CalibrationResult result = AssertFit.Run(simulation.Draw(), new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }, new CalibrationOptions());
        for (int group = 1; group < 3; group++)
        {
            Assert.Equal(0.3 * group, AssertFit.Mean(result, group), 0.15);
            Assert.Equal(1, AssertFit.Covariance(result, group), 0.2);
        }
    }

    [Fact]
    public void Correlation_of_dimensions_is_recovered()
    {
        SimulatedData simulation = SimulatedData.Dichotomous(3000, 24) with { Attributes = 2, HasCrossLoadings = true, Seed = 2 };
        CalibrationResult result = AssertFit.Run(
            simulation.Draw(),
            new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)], Attributes = ["F1", "F2"], QMatrix = simulation.QMatrix(), Quadrature = new(Nodes: 15) },
            new CalibrationOptions());
        Assert.Equal(0.36, AssertFit.Covariance(result, 0, 1), 0.1); // 0.6² from the common part
    }

    [Fact]
    public void Thousands_of_items_and_few_persons_stay_finite()
    {
        SimulatedData simulation = SimulatedData.Dichotomous(200, 5000) with { Missing = 0.2 };
        CalibrationResult result = AssertFit.Run(
            simulation.Draw(), new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }, new CalibrationOptions { MaxCycles = 3 });
        AssertFinite(result);
        Assert.True(result.History[^1].LogLikelihood > result.History[0].LogLikelihood);
        Assert.InRange(result.LogLikelihood, -200 * 5000 * Math.Log(2), -1000);
    }

    [Theory]
    [InlineData(ItemFunction.TwoParameter)]
    [InlineData(ItemFunction.ThreeParameter)]
    [InlineData(ItemFunction.Graded)]
    [InlineData(ItemFunction.Nominal)]
    public void One_person_stays_finite(ItemFunction function)
    {
        CalibrationResult result = AssertFit.Run(
            SimulatedData.Dichotomous(1, 6).Draw(), new ModelSpecification { Functions = [new("*", function)] }, new CalibrationOptions());
        AssertFinite(result);
    }

    [Theory]
    [InlineData(ItemFunction.TwoParameter)]
    [InlineData(ItemFunction.Graded)]
    [InlineData(ItemFunction.GeneralizedPartialCredit)]
    [InlineData(ItemFunction.Nominal)]
    public void Perfectly_ordered_responses_stay_finite(ItemFunction function)
    {
        // A Guttman scale: slopes have no finite maximum.
        byte[] responses = [.. Enumerable.Range(0, 60).SelectMany(person => Enumerable.Range(0, 5).Select(item => (byte)(person % 6 > item ? 1 : 0)))];
        ResponseData data = new()
        {
            ItemNames = ["a", "b", "c", "d", "e"],
            CategoryCodes = [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1]],
            Responses = new(responses, 5),
            PersonCount = 60,
        };
        AssertFinite(AssertFit.Run(data, new ModelSpecification { Functions = [new("*", function)] }, new CalibrationOptions { MaxCycles = 200 }));
    }

    [Fact]
    public void A_lower_asymptote_that_the_data_do_not_want_runs_to_0_and_the_rest_converges()
    {
        ResponseData data = SimulatedData.Dichotomous(1500, 12).Draw(); // no guessing in the truth
        CalibrationResult result = AssertFit.Run(
            data, new ModelSpecification { Functions = [new("*", ItemFunction.ThreeParameter)] }, new CalibrationOptions { MaxCycles = 3000 });
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        AssertFinite(result);
        double[] lower = [.. data.ItemNames.Select(item => Elementary.Sigmoid(AssertFit.Value(result, item, "g")))];
        Assert.True(lower.Min() < 1e-2, $"smallest g {lower.Min():g3}");
        CalibrationResult without = AssertFit.Run(data, new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] });
        Assert.True(result.LogLikelihood > without.LogLikelihood - 1e-3, "the larger model fits worse");
    }

    private static void AssertFinite(CalibrationResult result)
    {
        Assert.NotEqual(TerminationKind.Failed, result.Termination.Kind);
        Assert.True(double.IsFinite(result.LogLikelihood));
        Assert.All(result.Point.Parameters.Free, value => Assert.True(double.IsFinite(value)));
        Assert.All(result.Scores!.Mean, value => Assert.True(double.IsFinite(value)));
    }

    private static double Correlation(List<(double X, double Y)> pairs) =>
        MathNet.Numerics.Statistics.Correlation.Pearson(pairs.Select(pair => pair.X), pairs.Select(pair => pair.Y));

    private static double RootMeanSquare(List<(double X, double Y)> pairs) => Math.Sqrt(pairs.Average(pair => Math.Pow(pair.X - pair.Y, 2)));
}
