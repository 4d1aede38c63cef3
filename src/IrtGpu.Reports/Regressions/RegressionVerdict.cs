using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Regressions;

/// <summary>A regression in words.</summary>
internal static class RegressionVerdict
{
    private const int ShownTerms = 8;

    public static Verdict Of(ResultFolder folder, ResultDocument fit)
    {
        List<Finding> findings = [];
        List<Advice> advice = [];
        bool converged = fit.Truth("converged") == true;
        findings.Add(new Finding(converged ? Level.Good : Level.Problem, converged ? "Converged." : "Not converged.", fit.Text("terminationMessage") ?? ""));
        if (!converged)
            advice.Add(new Advice("Do not use these estimates yet: read the warnings, and simplify what the data cannot tell."));
        findings.AddRange(Finding.OfWarnings(fit.Texts("warnings")));
        if (fit.Truth("singular") == true)
        {
            findings.Add(new Finding(Level.Notice, "Singular.", "A variance of random effects is 0, or a correlation ±1: the data do not ask for all of them.") { Links = [new Link("random", "Random effects")] });
            advice.Add(new Advice("Leave out the random effect whose variance is 0, or the correlations (|| in place of |), and compare."));
        }
        Coefficients(folder, findings);
        Variances(folder, findings);
        Classes(folder, fit, findings, advice);
        findings.AddRange(DrawSection.Findings(fit));
        if (fit.Part("loo")?.Number("unreliable") is > 0 and var unreliable)
            findings.Add(new Finding(Level.Notice, "Cross-validation is rough.", $"In {Number.Count(unreliable)} pieces of the data leaving one out changes the posterior too much (loo.csv)."));
        if (!folder.Has("fitted.csv") && folder.Has("fixed-effects.csv"))
            advice.Add(new Advice("Look at the residuals: run again with --fitted, and this page shows them."));
        string headline = !converged ? "The estimation did not converge: these numbers are not final."
            : findings.Max(finding => finding.Level) switch
            {
                Level.Good => "Converged, and nothing looks suspicious.",
                Level.Notice => "Converged; read the notes below.",
                _ => "Converged, but something needs attention before the results are used.",
            };
        return Verdict.Of(headline, findings, advice);
    }

    private static void Coefficients(ResultFolder folder, List<Finding> findings)
    {
        if (folder.TryTable("fixed-effects.csv") is not { } table)
            return;
        IReadOnlyList<string> term = table.Texts("term");
        IReadOnlyList<string> latent = table.Texts("class");
        double[] estimate = table.Numbers("estimate");
        double[] lower = table.Numbers("lower");
        double[] upper = table.Numbers("upper");
        int[] slopes = [.. Enumerable.Range(0, table.RowCount).Where(row => term[row] != "(Intercept)" && !double.IsNaN(lower[row]) && !double.IsNaN(upper[row]))];
        if (slopes.Length == 0)
            return;
        int[] clear = [.. slopes.Where(row => lower[row] > 0 || upper[row] < 0)];
        string Show(int row) => $"{term[row]}{(latent[row].Length > 0 ? $" in class {latent[row]}" : "")} {Number.Show(estimate[row])} ({Number.Show(lower[row])} to {Number.Show(upper[row])})";
        findings.Add(new Finding(Level.Good, clear.Length == 0 ? "No coefficient is clearly different from 0." : $"{clear.Length} of {slopes.Length} coefficients {(clear.Length == 1 ? "is" : "are")} clearly different from 0.",
            clear.Length == 0 ? "All intervals hold 0." : $"{string.Join("; ", clear.Take(ShownTerms).Select(Show))}{(clear.Length > ShownTerms ? "; …" : ".")}")
        { Links = [new Link("coefficients", "Coefficients")] });
    }

    private static void Variances(ResultFolder folder, List<Finding> findings)
    {
        if (folder.TryTable("random-effects.csv") is not { } table)
            return;
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> term = table.Texts("term");
        IReadOnlyList<string> parameter = table.Texts("parameter");
        IReadOnlyList<string> latent = table.Texts("class");
        double[] estimate = table.Numbers("estimate");
        int[] intercepts = [.. Enumerable.Range(0, table.RowCount).Where(row => parameter[row] == "sd" && latent[row].Length == 0 && (group[row] == "Residual" || term[row] == "(Intercept)"))];
        double total = intercepts.Sum(row => estimate[row] * estimate[row]);
        int[] levels = [.. intercepts.Where(row => group[row] != "Residual")];
        if (levels.Length == 0 || !(total > 0) || intercepts.Length == levels.Length)
            return;
        findings.Add(new Finding(Level.Good, "Where the variance lies.", $"Of what varies around the fixed effects {string.Join(", ", levels.Select(row => $"{Number.Percent(estimate[row] * estimate[row] / total)} lies between levels of {group[row]}"))} (at predictors of 0).") { Links = [new Link("random", "Random effects")] });
    }

    private static void Classes(ResultFolder folder, ResultDocument fit, List<Finding> findings, List<Advice> advice)
    {
        if (fit.Number("classes") is not > 1 || fit.Number("entropy") is not { } entropy)
            return;
        findings.Add(new Finding(entropy < 0.6 ? Level.Notice : Level.Good, $"Classes are {(entropy >= 0.8 ? "clearly" : entropy >= 0.6 ? "fairly" : "hardly")} apart.", $"Relative entropy {Number.Show(entropy, 2)}: 1 where every membership is certain.") { Links = [new Link("classes", "Classes")] });
        IReadOnlyList<ResultDocument> starts = fit.Parts("starts");
        if (starts.Count > 1 && starts[0].Number("count") is 1)
        {
            findings.Add(new Finding(Level.Notice, "The best maximum was found once.", $"{starts.Count} different maxima were found, and only one start led to the best: there may be a better one."));
            advice.Add(new Advice("Try more starts.", $"irtgpu regress … --starts 100 --out {folder.Spoken}"));
        }
    }
}
