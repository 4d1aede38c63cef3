using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Regression.Prediction;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Tests;

/// <summary>Scores of rows and responses drawn from a finished fit.</summary>
public sealed class PredictionTests
{
    [Theory]
    [InlineData("y ~ poly(x, 2) * f + offset(z) + (1 + x | a) + (1 | b:c)")]
    [InlineData("log(y + 20) ~ scale(x) + (x || a)")]
    public void Scores_of_the_rows_of_the_fit_are_its_fitted_values(string formula)
    {
        MemoryColumns data = IdentityTests.SimulatedRows(seed: 11);
        MixedModelFit fit = TestData.Fit(formula, data);
        RegressionScores scores = RegressionScores.Of(SavedRegression.Of(fit, ""), data);
        for (int row = 0; row < data.RowCount; row++)
        {
            Assert.Equal(fit.Fitted[row], scores.Fitted[row], 1e-9);
            Assert.Equal(fit.Residuals[row], scores.Residual[row], 1e-9);
        }
        Assert.Empty(scores.Warnings);
    }

    [Fact]
    public void New_levels_are_predicted_at_the_population_mean()
    {
        MixedModelFit fit = TestData.Fit("Reaction ~ Days + (Days | Subject)", "sleepstudy");
        MemoryColumns rows = new MemoryColumns().Add("Days", [3, double.NaN]).Add("Subject", [9999, 308]);
        RegressionScores scores = RegressionScores.Of(SavedRegression.Of(fit, ""), rows);
        Assert.Equal(fit.FixedEffects[0].Estimate + 3 * fit.FixedEffects[1].Estimate, scores.Fitted[0], 1e-9);
        Assert.True(double.IsNaN(scores.Fitted[1]));
        Assert.True(double.IsNaN(scores.Residual[0]));
        Assert.Contains(scores.Warnings, warning => warning.Contains("1 level(s) of Subject", StringComparison.Ordinal));
    }

    [Fact]
    public void Drawn_responses_recover_the_parameters_they_were_drawn_with()
    {
        Random random = new(2);
        int rows = 6000;
        MemoryColumns data = new MemoryColumns().Add("x", [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())]).Add("g", [.. Enumerable.Range(0, rows).Select(row => (double)(row % 400))]);
        SavedRegression truth = new()
        {
            Kind = SavedRegression.RegressionKind,
            Version = "",
            Formula = "y ~ x + (1 + x | g)",
            WeightColumn = null,
            Criterion = "ML",
            LogLikelihood = 0,
            FreeParameters = 6,
            Rows = rows,
            Converged = true,
            Sigma = 0.7,
            FixedNames = ["(Intercept)", "x"],
            FixedEffects = [2, -1],
            FixedCovariance = [],
            Bases = [],
            InputSha256 = "",
            Terms = [new SavedTerm("g", ["(Intercept)", "x"], [1, 0.3, 0.3, 0.5], [], [])],
        };
        SimulatedRegression drawn = SimulatedRegression.Draw(truth, data, seed: 4);
        Assert.Equal(drawn.Response, SimulatedRegression.Draw(truth, data, seed: 4).Response);
        Assert.NotEqual(drawn.Response, SimulatedRegression.Draw(truth, data, seed: 5).Response);
        MixedModelFit fit = TestData.Fit("y ~ x + (1 + x | g)", data.Add("y", drawn.Response));
        Assert.InRange(fit.FixedEffects[1].Estimate, -1 - 4 * fit.FixedEffects[1].StandardError, -1 + 4 * fit.FixedEffects[1].StandardError);
        Assert.Equal(0.7, fit.Sigma, 0.04);
        Assert.Equal(1, fit.Covariances[0].Covariance[0], 0.25);
        Assert.Equal(0.5, fit.Covariances[0].Covariance[3], 0.25);
    }
}
