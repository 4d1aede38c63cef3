using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation;

/// <summary>Models that are one model in other words have one maximum.</summary>
public sealed class FamilyFitTests
{
    private static readonly int[] RightAndWrong = [0, 1];
    private static readonly CalibrationOptions Tight = new() { Tolerance = 1e-8 };

    /// <summary>A step is an item of its own that is given to those who passed the steps before: Tutz (1990).</summary>
    [Fact]
    public void Tutz_model_is_the_rasch_model_of_steps()
    {
        ResponseData data = SimulatedData.Polytomous(500, 5, 4).Draw();
        CalibrationResult steps = Fit(StepsOf(data), ItemFunction.Rasch);
        CalibrationResult tutz = Fit(data, ItemFunction.SequentialRasch);
        Assert.Equal(steps.LogLikelihood, tutz.LogLikelihood, 1e-7);
        Assert.Equal(steps.FreeParameterCount, tutz.FreeParameterCount);
        double[] expected = Errors(steps);
        double[] actual = Errors(tutz);
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.Equal(steps.Point.Parameters.Free[k], tutz.Point.Parameters.Free[k], 1e-5);
            Assert.Equal(expected[k], actual[k], 1e-5 * expected[k]);
        }
    }

    [Fact]
    public void A_graded_rating_scale_of_two_categories_is_the_2pl()
    {
        ResponseData data = SimulatedData.Dichotomous(500, 6).Draw();
        CalibrationResult plain = Fit(data, ItemFunction.TwoParameter);
        CalibrationResult scale = Fit(data, ItemFunction.GradedRatingScale);
        Assert.Equal(plain.LogLikelihood, scale.LogLikelihood, 1e-7);
        var expected = IrtGpu.Reporting.Tables.ItemTable.Build(plain.Plan, plain.Point.Parameters, plain.StandardErrors);
        var actual = IrtGpu.Reporting.Tables.ItemTable.Build(scale.Plan, scale.Point.Parameters, scale.StandardErrors);
        foreach ((var row, var other) in expected.Zip(actual))
        {
            Assert.Equal((row.Item, row.Parameter, row.Status), (other.Item, other.Parameter, other.Status));
            Assert.Equal(row.Estimate, other.Estimate, 1e-5);
            Assert.Equal(row.StandardError!.Value, other.StandardError!.Value, 1e-5);
        }
    }

    private static CalibrationResult Fit(ResponseData data, ItemFunction function)
    {
        ModelSpecification specification = new() { Functions = [new("*", function)], Quadrature = new QuadratureSpecification(Nodes: 31) };
        CalibrationResult result = Calibration.Run(data, specification, Tight, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        return result;
    }

    private static double[] Errors(CalibrationResult result) =>
        [.. Enumerable.Range(0, result.FreeParameterCount).Select(k => Math.Sqrt(result.StandardErrors.Covariance![k * result.FreeParameterCount + k]))];

    private static ResponseData StepsOf(ResponseData data)
    {
        (int Item, int Step)[] steps = [.. Enumerable.Range(0, data.ItemCount).SelectMany(item => Enumerable.Range(0, data.CategoryCodes[item].Length - 1).Select(step => (item, step)))];
        byte[] responses = [.. Enumerable.Range(0, data.PersonCount).SelectMany(person => steps.Select(at => data.Row(person)[at.Item] is var reached && reached >= at.Step
            ? (byte)(reached > at.Step ? 1 : 0)
            : ResponseData.Missing))];
        return new ResponseData
        {
            ItemNames = [.. steps.Select(at => FormattableString.Invariant($"q{at.Item}s{at.Step}"))],
            CategoryCodes = [.. steps.Select(_ => RightAndWrong)],
            Responses = new(responses, steps.Length),
            PersonCount = data.PersonCount,
            GroupNames = data.GroupNames,
        };
    }
}
