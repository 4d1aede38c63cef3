using System.Text.Json;

namespace IrtGpu.Regression.Tests;

/// <summary>Fits agree with lme4's, finished by Newton steps: criterion 1e-6, β 1e-6, standard errors 1e-5, variances 1e-4, predictions 1e-5.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string, string, MixedAlgorithm> Cases
    {
        get
        {
            TheoryData<string, string, MixedAlgorithm> cases = [];
            foreach (string name in new[] { "Dyestuff", "Pastes", "cake", "sleepstudy" })
            {
                foreach (string criterion in new[] { "ML", "REML" })
                {
                    foreach (MixedAlgorithm algorithm in Enum.GetValues<MixedAlgorithm>())
                        cases.Add(name, criterion, algorithm);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fit_agrees_with_lme4(string name, string criterion, MixedAlgorithm algorithm)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"lmm_{name}.json")));
        string formula = document.RootElement.GetProperty("model").GetProperty("formula").GetString()!;
        JsonElement expected = document.RootElement.GetProperty(criterion);
        MixedModelFit fit = TestData.Fit(formula, name, new RegressionOptions
        {
            Criterion = criterion == "ML" ? Criterion.MaximumLikelihood : Criterion.Restricted,
            Algorithm = algorithm,
        });
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        Assert.False(fit.IsSingular);
        Assert.Equal(expected.GetProperty("logLik").GetDouble(), fit.LogLikelihood, 1e-6);
        Assert.Equal(expected.GetProperty("npar").GetInt32(), fit.FreeParameters);
        TestData.Close(expected.GetProperty("AIC").GetDouble(), fit.Aic, 1e-8, "AIC");
        TestData.Close(expected.GetProperty("BIC").GetDouble(), fit.Bic, 1e-8, "BIC");
        TestData.Close(expected.GetProperty("sigma").GetDouble(), fit.Sigma, 5e-5, "sigma");
        foreach ((JsonElement row, FixedEffectRow own) in expected.GetProperty("fixed").EnumerateArray().Zip(fit.FixedEffects))
        {
            Assert.Equal(row.GetProperty("name").GetString(), own.Term);
            TestData.Close(row.GetProperty("estimate").GetDouble(), own.Estimate, 1e-6, own.Term);
            TestData.Close(row.GetProperty("se").GetDouble(), own.StandardError, 1e-5, "se of " + own.Term);
        }
        double[] covariance = [.. expected.GetProperty("vcov_fixed").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(value => value.GetDouble()))];
        foreach ((double value, double own) in covariance.Zip(fit.FixedCovariance))
            TestData.Close(value, own, 2e-5, "covariance of fixed effects");
        foreach (JsonElement row in expected.GetProperty("variance_components").EnumerateArray())
            CompareComponent(row, fit);
        foreach (JsonProperty group in expected.GetProperty("blups").EnumerateObject())
        {
            foreach (JsonProperty effect in group.Value.EnumerateObject())
                ComparePredictions(group.Name, effect, fit);
        }
    }

    private static void CompareComponent(JsonElement row, MixedModelFit fit)
    {
        string group = row.GetProperty("group").GetString()!;
        string first = row.GetProperty("var1").GetString() ?? "";
        string second = row.GetProperty("var2").GetString() ?? "";
        double Own(string parameter) => fit.RandomEffects.Single(own => own.Group == group && own.Term == first && own.Term2 == second && own.Parameter == parameter).Estimate!.Value;
        TestData.Close(row.GetProperty("variance_or_covariance").GetDouble(), Own(second.Length > 0 ? "covariance" : "variance"), 1e-4, group);
        TestData.Close(row.GetProperty("sd_or_correlation").GetDouble(), Own(second.Length > 0 ? "correlation" : "sd"), 1e-4, group);
    }

    private static void ComparePredictions(string group, JsonProperty effect, MixedModelFit fit)
    {
        PredictedEffects own = fit.Predicted.Single(predicted => predicted.Group == group);
        int column = own.Effects.ToList().IndexOf(effect.Name);
        double[] values = [.. effect.Value.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
        double scale = values.Max(Math.Abs);
        foreach (((JsonElement level, double value), JsonElement deviation) in effect.Value.GetProperty("levels").EnumerateArray().Zip(values).Zip(effect.Value.GetProperty("conditional_sd").EnumerateArray()))
        {
            int position = own.Levels.ToList().IndexOf(level.GetString()!);
            Assert.Equal(value, own.Values[position * own.Effects.Count + column], 1e-5 * scale);
            TestData.Close(deviation.GetDouble(), own.ConditionalDeviations[position * own.Effects.Count + column], 1e-5, "conditional sd");
            Assert.True(own.PredictionDeviations[position * own.Effects.Count + column] >= own.ConditionalDeviations[position * own.Effects.Count + column]);
        }
    }
}
