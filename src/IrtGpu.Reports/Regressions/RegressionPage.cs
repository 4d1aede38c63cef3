using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Regressions;

/// <summary>The page of a regression: mixed model or mixture.</summary>
internal static class RegressionPage
{
    public static Page Of(ResultFolder folder)
    {
        ResultDocument fit = folder.Document("fit.json");
        string formula = fit.Text("formula") ?? folder.Name;
        double classes = fit.Number("classes") ?? 1;
        return new Page("regression", formula, Subtitle(fit, classes), RegressionVerdict.Of(folder, fit),
        [
            .. new[]
            {
                CoefficientSection.Of(folder), ClassSection.Of(folder), RandomEffectSection.Of(folder), ResidualSection.Of(folder), DrawSection.Of(folder, fit), EstimationSection.Of(fit),
            }.OfType<Section>(),
        ])
        {
            Facts = [.. Facts(fit)],
            Command = folder.Command,
        };
    }

    private static string Subtitle(ResultDocument fit, double classes) =>
        $"{(classes > 1 ? $"mixture of {Number.Show(classes, 0)} regressions" : "linear mixed model")} · {Number.Count(fit.Number("rows") ?? double.NaN)} rows · {fit.Text("criterion")} · irtgpu {fit.Text("version")}";

    private static IEnumerable<Fact> Facts(ResultDocument fit)
    {
        if (fit.Number("rows") is { } rows)
            yield return new Fact("Rows", Number.Count(rows), fit.Number("rowsDropped") is > 0 and var dropped ? $"{Number.Count(dropped)} left out: something is missing in them" : "");
        foreach ((string key, string name, int decimals) in new[] { ("freeParameters", "Free parameters", 0), ("logLikelihood", "Log-likelihood", 2), ("aic", "AIC", 1), ("bic", "BIC", 1), ("sigma", "Residual SD", 3), ("entropy", "Relative entropy", 2) })
        {
            if (fit.Number(key) is { } value)
                yield return new Fact(name, Number.Show(value, decimals));
        }
    }
}
