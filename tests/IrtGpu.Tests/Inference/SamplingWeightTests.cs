using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Inference;

public sealed class SamplingWeightTests
{
    private static readonly CalibrationOptions Options = new() { Tolerance = 1e-9, Starts = 1, MaxCycles = 5000 };

    /// <summary>Two groups and two partly known classes; persons of a pattern have different weights, some 0.</summary>
    private static readonly ResponseData Drawn = (SimulatedData.Dichotomous(600, 5) with { Groups = 2, Classes = 2, KnownShare = 0.5 }).Draw();

    private static readonly double[] Weights = [.. Enumerable.Range(0, 600).Select(person => person % 41 == 0 ? 0 : 1 + 30 * Math.Pow(Math.Sin(person), 4))];

    private static readonly ModelSpecification Model = new() { ClassCount = 2, EqualAcrossClasses = "q0001,q0002", Quadrature = new QuadratureSpecification(Nodes: 21) };

    [Fact]
    public void Errors_are_the_sandwich_of_the_squared_weights_of_persons()
    {
        CalibrationResult fit = Run(Drawn.Sampled(Weights), Options);
        Assert.Equal(StandardErrorMethod.Sandwich, fit.StandardErrors.Method);
        int n = fit.FreeParameterCount;

        // Frequencies w make the observed information of the weighted log-likelihood; cross-products of persons with weight w² are those of frequencies w².
        double scale = Weights.Count(weight => weight > 0) / Weights.Sum();
        Matrix<double> inverse = Covariance(Drawn.With(weights: [.. Weights.Select(weight => weight * scale)]), fit, StandardErrorMethod.Oakes);
        Matrix<double> products = Covariance(Drawn.With(weights: [.. Weights.Select(weight => weight * weight * scale * scale)]), fit, StandardErrorMethod.CrossProduct).Inverse();
        Matrix<double> expected = inverse * products * inverse;
        for (int k = 0; k < n; k++)
            Assert.Equal(Math.Sqrt(expected[k, k]), Math.Sqrt(fit.StandardErrors.Covariance![k * n + k]), 1e-5 * Math.Sqrt(expected[k, k]));
        Assert.Equal((inverse * products).Trace(), fit.StandardErrors.EffectiveParameterCount!.Value, 1e-5 * n);
        Assert.Equal(fit.Deviance + 2 * fit.StandardErrors.EffectiveParameterCount.Value, fit.Aic, 1e-9);
        Assert.True(double.IsNaN(fit.Bic) && double.IsNaN(fit.Sabic));
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    public void Only_ratios_count(double factor)
    {
        CalibrationResult one = Run(Drawn.Sampled(Weights), Options);
        CalibrationResult other = Run(Drawn.Sampled([.. Weights.Select(weight => weight * factor)]), Options);
        Assert.Equal(one.LogLikelihood, other.LogLikelihood, 1e-8);
        Closeness.AssertNear(one.Point.Parameters.Free, other.Point.Parameters.Free, 1e-6);
        Closeness.AssertNear(one.StandardErrors.Covariance!, other.StandardErrors.Covariance!, 1e-4);
    }

    [Fact]
    public void Equal_weights_are_none()
    {
        CalibrationResult plain = Run(Drawn, Options with { StandardErrors = StandardErrorMethod.Sandwich });
        CalibrationResult weighted = Run(Drawn.Sampled([.. Enumerable.Repeat(250.0, 600)]), Options);
        Assert.Equal(plain.LogLikelihood, weighted.LogLikelihood, 1e-9);
        Closeness.AssertNear(plain.StandardErrors.Covariance!, weighted.StandardErrors.Covariance!, 1e-8);
    }

    [Theory]
    [InlineData(StandardErrorMethod.Complete, "--se complete")]
    [InlineData(StandardErrorMethod.CrossProduct, "--se xpd")]
    [InlineData(StandardErrorMethod.Louis, "--se louis")]
    [InlineData(StandardErrorMethod.Oakes, "--se oakes")]
    public void Errors_of_a_number_of_persons_are_refused(StandardErrorMethod method, string name)
    {
        CalibrationProblem problem = CalibrationProblem.Create(Drawn.Sampled(Weights), Model);
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => problem.Open(Options with { StandardErrors = method }));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--se sandwich", refusal.Message, StringComparison.Ordinal);
        Assert.True(double.IsNaN(Run(Drawn.Sampled(Weights), Options with { StandardErrors = StandardErrorMethod.None }).Aic));
    }

    private static CalibrationResult Run(ResponseData data, CalibrationOptions options) =>
        Calibration.Run(data, Model, options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>The covariance matrix of other weights at the same estimates.</summary>
    private static Matrix<double> Covariance(ResponseData data, CalibrationResult fit, StandardErrorMethod method)
    {
        PatternTable patterns = PatternTable.Compress(data);
        using ReferenceBackend backend = new(fit.Plan, patterns);
        StandardErrors errors = new StandardErrorEstimator(fit.Point, backend.ComputeExpectation(fit.Point), patterns, backend, 1).Estimate(method);
        Assert.True(errors.Covariance is not null, errors.Reason);
        return Matrix<double>.Build.DenseOfRowMajor(fit.FreeParameterCount, fit.FreeParameterCount, errors.Covariance);
    }
}
