using IrtGpu.Data.Reading;
using IrtGpu.Fit.Curves;
using IrtGpu.Specification;
using IrtGpu.Tests.Docs;

namespace IrtGpu.Tests.Fit;

public sealed class ObservedCurvesTests
{
    private static CalibrationResult Calibrate() => Calibration.Run(
        ResponseReader.Read(Path.Combine(DocumentationFolder.Root, "docs", "examples", "lsat7.csv"), new ResponseReaderOptions { WeightColumn = "freq" }, TestContext.Current.CancellationToken),
        new ModelSpecification(), new CalibrationOptions { Tolerance = 1e-8 }, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void Points_share_out_all_answers()
    {
        CalibrationResult result = Calibrate();
        IReadOnlyList<ObservedCurve> curves = ObservedCurves.Of(result.Point, result.Patterns, 2, TestContext.Current.CancellationToken).Curves;
        Assert.Equal(5, curves.Count);
        foreach (ObservedCurve curve in curves)
        {
            double right = 0;
            for (int pattern = 0; pattern < result.Patterns.PatternCount; pattern++)
                right += result.Patterns.Row(pattern)[curve.Item] == 1 ? result.Patterns.Frequency[pattern] : 0;
            Assert.Equal(1000, curve.Points.Sum(point => point.Persons), 6);
            Assert.Equal(right, curve.Points.Sum(point => point.Persons * point.Observed[1]), 6);
            Assert.All(curve.Points, point => Assert.Equal(1, point.Observed.Sum(), 12));
            Assert.All(curve.Points, point => Assert.Equal(1, point.Expected.Sum(), 12));
            Assert.Equal(curve.Points.Select(point => point.Theta).Order(), curve.Points.Select(point => point.Theta));
        }
    }

    /// <summary>At a maximum of the likelihood Σ (r − n P) = 0 for a free intercept, and Σ θ (r − n P) = 0 for a free slope: so do the points agree with the curve.</summary>
    [Fact]
    public void Points_of_a_fitted_model_agree_with_its_curves_on_average()
    {
        CalibrationResult result = Calibrate();
        foreach (ObservedCurve curve in ObservedCurves.Of(result.Point, result.Patterns, 2, TestContext.Current.CancellationToken).Curves)
            Assert.Equal(0, curve.Points.Sum(point => point.Persons * (point.Observed[1] - point.Expected[1])), 2);
    }
}
