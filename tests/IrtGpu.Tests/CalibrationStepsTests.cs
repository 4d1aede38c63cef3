using IrtGpu.Data;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests;

/// <summary>The steps of a calibration, each called alone, are those that <c>Calibration.Run</c> takes.</summary>
public sealed class CalibrationStepsTests
{
    [Fact]
    public void Steps_in_a_row_are_a_calibration()
    {
        ModelCase model = Catalogue.Get("groups with free items");
        ResponseData data = model.Simulation.Draw();
        CalibrationOptions options = new() { Threads = 2 };
        CalibrationResult expected = Calibration.Run(data, model.Specification, options, cancellation: TestContext.Current.CancellationToken);

        CalibrationProblem problem = CalibrationProblem.Create(data, model.Specification);
        using CalibrationSession session = problem.Open(options);
        CalibrationFit fit = session.Fit(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.Point.Parameters.Free, fit.Point.Parameters.Free);
        Assert.Equal(expected.LogLikelihood, fit.LogLikelihood);
        Assert.Equal(expected.EStepCount, fit.EStepCount);
        Assert.Equal(expected.Scores!.Mean, session.Score(fit.Point, TestContext.Current.CancellationToken).Mean); // in any order
        Assert.Equal(expected.StandardErrors.Covariance, session.StandardErrors(fit, cancellation: TestContext.Current.CancellationToken).Covariance);
    }

    [Fact]
    public void Another_model_for_the_same_data_begins_where_the_first_ended()
    {
        ResponseData data = SimulatedData.Dichotomous(600, 8).Draw();
        CalibrationProblem rasch = CalibrationProblem.Create(data, new ModelSpecification { Functions = ModelParser.Parse("rasch") });
        CalibrationProblem twice = rasch.With(rasch.Plan.Specification);
        Assert.Same(rasch.Patterns, twice.Patterns);
        CalibrationOptions options = new() { Tolerance = 1e-8 };
        using CalibrationSession first = rasch.Open(options);
        using CalibrationSession second = twice.Open(options);
        CalibrationFit fit = first.Fit(cancellation: TestContext.Current.CancellationToken);
        CalibrationFit again = second.Fit(fit.Point, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(again.History.Count, 2, 3);
        Assert.Equal(fit.LogLikelihood, again.LogLikelihood, 1e-8);
    }
}
