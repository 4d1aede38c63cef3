using System.Text.Json;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>Mixtures agree with direct maximisation in R from blind starts: log-likelihood 1e-6, parameters 1e-6, standard errors 1e-4 relative, posteriors 1e-8.</summary>
public sealed class MixtureGoldenTests
{
    [Theory]
    [InlineData("faithful_1", 1)]
    [InlineData("faithful_1", 7)]
    [InlineData("manual_1", 1)]
    [InlineData("manual_1", 7)]
    [InlineData("manual_x", 1)]
    [InlineData("manual_x", 7)]
    [InlineData("quad_x2", 1)]
    [InlineData("quad_x2", 7)]
    public void A_mixture_agrees_with_the_maximum_of_r(string name, int seed)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"mixreg_{name}.json")));
        string formula = document.RootElement.GetProperty("model").GetProperty("formula").GetString()!;
        string data = Path.GetFileNameWithoutExtension(document.RootElement.GetProperty("data").GetProperty("file").GetString()!);
        MixtureFit fit = MixtureTestData.Fit(formula, data, new MixtureOptions { Seed = seed });
        JsonElement expected = document.RootElement.GetProperty("ML");
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        Assert.DoesNotContain(fit.Warnings, warning => !warning.Contains("start(s)", StringComparison.Ordinal));
        Assert.Equal(expected.GetProperty("logLik").GetDouble(), fit.LogLikelihood, 1e-8);
        Assert.Equal(expected.GetProperty("npar").GetInt32(), fit.FreeParameters);
        TestData.Close(expected.GetProperty("AIC").GetDouble(), fit.Aic, 1e-9, "AIC");
        TestData.Close(expected.GetProperty("BIC").GetDouble(), fit.Bic, 1e-9, "BIC");
        JsonElement errors = expected.GetProperty("SE");
        for (int k = 0; k < 2; k++)
        {
            MixtureParameter[] coefficients = [.. fit.Parameters.Where(row => row.Class == k + 1 && row.Parameter == "b")];
            for (int column = 0; column < coefficients.Length; column++)
            {
                Assert.Equal(expected.GetProperty("coefficients")[k][column].GetDouble(), coefficients[column].Estimate, 1e-7);
                TestData.Close(errors.GetProperty("coefficients")[k][column].GetDouble(), coefficients[column].StandardError!.Value, 1e-4, coefficients[column].Term);
            }
            MixtureParameter sigma = fit.Parameters.Single(row => row.Class == k + 1 && row.Parameter == "sigma");
            Assert.Equal(expected.GetProperty("sigma")[k].GetDouble(), sigma.Estimate, 1e-7);
            TestData.Close(errors.GetProperty("log_sigma")[k].GetDouble(), sigma.StandardError!.Value / sigma.Estimate, 1e-4, "log sigma");
            MixtureParameter proportion = fit.Parameters.Single(row => row.Class == k + 1 && row.Parameter == "proportion");
            Assert.Equal(expected.GetProperty("proportions")[k].GetDouble(), proportion.Estimate, 1e-7);
            TestData.Close(errors.GetProperty("logit_proportions").GetDouble(), proportion.StandardError!.Value / (proportion.Estimate * (1 - proportion.Estimate)), 1e-4, "logit");
        }
        int row = 0;
        foreach (JsonElement probabilities in expected.GetProperty("posterior_first20").EnumerateArray())
        {
            for (int k = 0; k < 2; k++)
                Assert.Equal(probabilities[k].GetDouble(), fit.Posterior[row * 2 + k], 1e-8);
            row++;
        }
    }
}
