using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Prediction;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>What is made of a saved mixture: scores, and drawn responses that are fitted again.</summary>
public sealed class MixturePredictionTests
{
    private static readonly MixtureOptions Options = new() { Classes = 3, ClassFormula = "~ z", WeightColumn = "w" };

    private static SavedMixture Saved(MixtureFit fit)
    {
        string path = Path.GetTempFileName();
        using (FileStream stream = File.Create(path))
            JsonSettings.Write(stream, json => SavedMixtureWriter.Write(json, SavedMixture.Of(fit, "hash")));
        SavedMixture saved = SavedMixture.Read(path);
        Assert.True(SavedMixture.IsMixture(path) && SavedRegression.IsRegression(path));
        File.Delete(path);
        return saved;
    }

    [Fact]
    public void Scores_of_the_rows_of_the_fit_are_those_of_the_fit()
    {
        MemoryColumns data = MixtureTestData.Lines(300, 12, shift: 5);
        MixtureFit fit = MixtureTestData.Fit("y ~ poly(x, 2) + offset(z)", data, Options);
        MixtureScores scores = MixtureScores.Of(Saved(fit), data);
        for (int row = 0; row < 300; row++)
        {
            Assert.Equal(fit.Fitted[row], scores.Fitted[row], 1e-9);
            Assert.Equal(fit.Residuals[row], scores.Residual[row], 1e-9);
            for (int k = 0; k < 3; k++)
                Assert.Equal(fit.Posterior[row * 3 + k], scores.Probabilities[row * 3 + k], 1e-9);
        }
    }

    [Fact]
    public void Rows_without_a_response_have_the_probabilities_before_it()
    {
        MemoryColumns data = MixtureTestData.Lines(300, 12);
        SavedMixture saved = Saved(MixtureTestData.Fit("y ~ x", data, new MixtureOptions { Classes = 3 }));
        MemoryColumns rows = new MemoryColumns().Add("x", [0.5, double.NaN]);
        MixtureScores scores = MixtureScores.Of(saved, rows);
        Assert.Equal(1, scores.Probabilities.Take(3).Sum(), 1e-12);
        Assert.Equal(saved.Parameters[^2], Math.Log(scores.Probabilities[1] / scores.Probabilities[0]), 1e-9);
        Assert.True(double.IsNaN(scores.Fitted[1]) && double.IsNaN(scores.Residual[0]));
        Assert.Single(scores.Warnings);
    }

    [Fact]
    public void A_response_drawn_from_given_parameters_is_found_again()
    {
        MemoryColumns data = MixtureTestData.Lines(20_000, 12);
        string[] given =
        [
            "Intercept:class1:constant(-1)", "Intercept:class2:constant(3)", "b:x:class1:constant(-2)", "b:x:class2:constant(2)", "sigma:class1:constant(0.7)",
            "sigma:class2:constant(1.2)", "theta:class1:constant(0.3)",
        ];
        SimulatedMixture drawn = SimulatedMixture.DrawPriors("new ~ x", data, new MixtureOptions { Priors = given }, seed: 3);
        Assert.Equal(("Intercept:class1", -1.0), drawn.Parameters[0]);
        Assert.Equal(0.3, drawn.ClassOfRow.Count(k => k == 1) / 20_000.0, 0.015);
        MixtureFit fit = MixtureTestData.Fit("y ~ x", new MemoryColumns().Add("y", drawn.Response).Add("x", data.Numbers("x")), new MixtureOptions { Starts = 3 });
        (double Expected, string Name, int Class, string? Term)[] truths =
        [
            (-1, "b", 1, null), (3, "b", 2, null), (-2, "b", 1, "x"), (2, "b", 2, "x"), (0.7, "sigma", 1, null), (1.2, "sigma", 2, null), (0.3, "proportion", 1, null),
        ];
        foreach ((double expected, string name, int ofClass, string? term) in truths)
        {
            MixtureParameter row = fit.Parameters.First(own => own.Class == ofClass && own.Parameter == name && (term is null || own.Term == term));
            Assert.True(Math.Abs(row.Estimate - expected) < 4 * row.StandardError, $"{name} {ofClass}: {row.Estimate} ± {row.StandardError}, not {expected}");
        }
        SimulatedMixture again = SimulatedMixture.Draw(MixtureRows.Of(Saved(fit), data, withResponse: false), 20_000, seed: 3);
        Assert.Equal(drawn.Response.Average(), again.Response.Average(), 0.1);
    }

    [Fact]
    public void Flat_priors_cannot_be_drawn_from() => Assert.Contains("flat prior", Assert.Throws<IrtGpu.Regression.Priors.PriorException>(
        () => SimulatedMixture.DrawPriors("y ~ x", MixtureTestData.Lines(20, 1), new MixtureOptions { Priors = ["b:normal(0,1)", "sigma:gamma(2,2)"] }, seed: 1)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"classes\": 3", "\"classes\": 4")]
    [InlineData("\"kind\": \"mixture\"", "\"kind\": \"mixtures\"")]
    [InlineData("\"effects\": \"byClass\"", "\"effects\": 7")]
    [InlineData("\"rows\": 300", "\"rows\": \"many\"")]
    public void Damaged_files_are_told(string part, string damage)
    {
        string path = Path.GetTempFileName();
        using (FileStream stream = File.Create(path))
            JsonSettings.Write(stream, json => SavedMixtureWriter.Write(json, SavedMixture.Of(MixtureTestData.Fit("y ~ x", MixtureTestData.Lines(300, 12), new MixtureOptions { Classes = 3 }), "hash")));
        string text = File.ReadAllText(path);
        Assert.Contains(part, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(part, damage, StringComparison.Ordinal));
        Assert.Throws<Foundation.Tables.Problems.DataException>(() => SavedMixture.Read(path));
        File.Delete(path);
    }
}
