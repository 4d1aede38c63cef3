using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Regression.Posterior;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Tests.Posterior;

public sealed class MixedSamplingTests
{
    [Theory]
    [InlineData("y ~ x + (x | a)")]
    [InlineData("y ~ x + (1 | a) + (x || b) + (1 | b:c)")]
    [InlineData("y ~ f + (x + z | a)")]
    public void The_gradient_is_that_of_differences(string formula)
    {
        MixedModelFit fit = TestData.Fit(formula, IdentityTests.SimulatedRows(3));
        using CovarianceDensity density = new(fit.Problem);
        StreamRandom random = new(1, 1);
        double[] x = new double[density.Count];
        for (int index = 0; index < x.Length; index++)
            x[index] = 0.5 * random.NextNormal();
        double[] gradient = new double[x.Length];
        double[] unused = new double[x.Length];
        Assert.True(double.IsFinite(density.Evaluate(x, gradient)));
        for (int index = 0; index < x.Length; index++)
        {
            double At(double step)
            {
                double[] moved = (double[])x.Clone();
                moved[index] += step;
                return density.Evaluate(moved, unused);
            }
            const double h = 1e-3;
            double difference = (8 * (At(h) - At(-h)) - (At(2 * h) - At(-2 * h))) / (12 * h);
            Assert.Equal(difference, gradient[index], 1e-6 * (1 + Math.Abs(difference)));
        }
    }

    [Fact]
    public void A_linear_model_has_its_known_posterior_and_is_left_one_out_exactly()
    {
        MemoryColumns data = IdentityTests.SimulatedRows(5, count: 40);
        MixedModelFit fit = TestData.Fit("y ~ x + z", data);
        RegressionDraws draws = Draw(fit, new SamplerOptions { Draws = 4000 });
        Assert.Equal(["Intercept", "b:x", "b:z", "sigma"], draws.Parameters.Names);
        Matrix<double> x = Matrix<double>.Build.Dense(40, 3, (row, column) => column == 0 ? 1 : data.Numbers(column == 1 ? "x" : "z")[row]);
        Vector<double> y = Vector<double>.Build.Dense(data.Numbers("y"));
        Matrix<double> inverse = x.TransposeThisAndMultiply(x).Inverse();
        Vector<double> beta = inverse * x.TransposeThisAndMultiply(y);
        double squares = (y - x * beta).PointwisePower(2).Sum();
        const int nu = 40 - 3 - 1; // flat on σ
        for (int index = 0; index < 3; index++)
        {
            DrawSummary summary = draws.Parameters.Summaries[index];
            Assert.InRange(Math.Abs(summary.Estimate - beta[index]) / summary.MonteCarloError, 0, 4);
            Assert.Equal(Math.Sqrt(squares / (nu - 2) * inverse[index, index]), summary.Error, 0.03 * summary.Error);
        }
        double meanSquare = draws.Parameters.Chains.SelectMany(chain => Enumerable.Range(0, chain.Count).Select(draw => Math.Pow(chain.Values[draw * 4 + 3], 2))).Average();
        Assert.Equal(squares / (nu - 2), meanSquare, 0.02 * meanSquare);

        CrossValidation loo = draws.CrossValidation!;
        Assert.Equal(0, loo.UnreliableCount);
        for (int row = 0; row < 40; row++)
        {
            double leverage = (x.Row(row) * inverse).DotProduct(x.Row(row));
            double residual = (y[row] - x.Row(row).DotProduct(beta)) / (1 - leverage); // of the fit without the row
            double without = squares - (1 - leverage) * residual * residual;
            const int df = nu - 1;
            double scale = Math.Sqrt(without / df / (1 - leverage));
            Assert.Equal(MathNet.Numerics.Distributions.StudentT.PDFLn(0, scale, df, residual), loo.Elpd[row], 0.04);
        }
    }

    [Fact]
    public void A_one_way_layout_has_the_posterior_of_a_dense_integral()
    {
        MixedModelFit fit = TestData.Fit("Yield ~ 1 + (1 | Batch)", "Dyestuff");
        RegressionDraws draws = Draw(fit, new SamplerOptions { Draws = 3000 });
        Assert.Equal(["Intercept", "sd:Batch:(Intercept)", "sigma"], draws.Parameters.Names);
        Assert.All(draws.Parameters.Summaries, summary => Assert.InRange(summary.RHat, 0.99, 1.01));
        double[][] yields = [.. fit.Problem.Frame.Response!.Chunk(5)];
        double grand = yields.Average(batch => batch.Average());
        double within = yields.Sum(batch => batch.Sum(value => Math.Pow(value - batch.Average(), 2)));
        double between = 5 * yields.Sum(batch => Math.Pow(batch.Average() - grand, 2));
        double[] sigmas = [.. Enumerable.Range(0, 300).Select(index => 25 + 0.4 * index)];
        double[] taus = [.. Enumerable.Range(0, 6000).Select(index => 0.5 * (index + 0.5))];
        double[] ofTau = [.. taus.Select(tau => sigmas.Sum(sigma =>
        {
            double lambda = sigma * sigma + 5 * tau * tau;
            return Math.Exp(-0.5 * (24 * Math.Log(sigma * sigma) + within / (sigma * sigma) + 5 * Math.Log(lambda) + between / lambda) + 130);
        }))];
        double total = ofTau.Sum();
        double[] drawn = [.. draws.Parameters.Chains.SelectMany(chain => Enumerable.Range(0, chain.Count).Select(draw => chain.Values[draw * 3 + 1]))];
        foreach (double threshold in new[] { 15.0, 30, 45, 60, 90, 150 })
        {
            double known = ofTau.Zip(taus).Where(pair => pair.Second < threshold).Sum(pair => pair.First) / total;
            Assert.Equal(known, drawn.Count(tau => tau < threshold) / (double)drawn.Length, 0.02);
        }
    }

    [Fact]
    public void Effects_are_drawn_around_their_predictions_and_responses_around_the_data()
    {
        MixedModelFit fit = TestData.Fit("y ~ x + (x | a)", IdentityTests.SimulatedRows(4, count: 400));
        RegressionDraws draws = Draw(fit, new SamplerOptions { Draws = 1000 }, predictive: 20);
        Assert.Equal(24, draws.Effects.Count);
        PredictedEffects predicted = fit.Predicted[0];
        for (int index = 0; index < 24; index++)
        {
            DrawnEffect effect = draws.Effects[index];
            Assert.Equal((predicted.Levels[index / 2], predicted.Effects[index % 2]), (effect.Level, effect.Term));
            Assert.InRange(Math.Abs(effect.Summary.Estimate - predicted.Values[index]) / predicted.PredictionDeviations[index], 0, 0.6);
            Assert.InRange(effect.Summary.Error / predicted.PredictionDeviations[index], 0.8, 1.35);
        }
        Assert.Equal(20, draws.Predictive.Count);
        double[] response = fit.Problem.Frame.Response!;
        double spread = draws.Predictive.Average(set => Math.Sqrt(set.Zip(response, (a, b) => (a - b) * (a - b)).Average()));
        Assert.InRange(spread / fit.Sigma, 1.2, 1.6); // √2 and what is not known of the means
    }

    [Fact]
    public void Draws_do_not_depend_on_threads()
    {
        MixedModelFit fit = TestData.Fit("y ~ x + (x | a) + (1 | b)", IdentityTests.SimulatedRows(4));
        SamplerOptions few = new() { Draws = 100, Warmup = 100 };
        RegressionDraws one = Draw(fit, few with { Threads = 1 });
        RegressionDraws two = Draw(fit, few with { Threads = 2 });
        for (int chain = 0; chain < 4; chain++)
            Assert.Equal(one.Parameters.Chains[chain].Values, two.Parameters.Chains[chain].Values);
    }

    [Fact]
    public void Too_few_rows_for_flat_priors_are_told()
    {
        MixedModelFit fit = TestData.Fit("y ~ x + z", IdentityTests.SimulatedRows(5, count: 4));
        Assert.Contains("improper", Assert.Throws<SamplingException>(() => Draw(fit, new SamplerOptions())).Message, StringComparison.Ordinal);
    }

    private static RegressionDraws Draw(MixedModelFit fit, SamplerOptions options, int predictive = 0) =>
        MixedSampling.Draw(fit.Problem, fit.Theta, new DrawRequest(options, PredictiveSets: predictive), null, TestContext.Current.CancellationToken);
}
