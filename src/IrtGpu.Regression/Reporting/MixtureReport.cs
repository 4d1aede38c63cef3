using System.Globalization;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Regression.Inference;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Reporting;

/// <summary>The report of a mixture for people.</summary>
public static class MixtureReport
{
    /// <summary>Writes it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="fit">The fit.</param>
    /// <param name="data">Name of the data.</param>
    public static void Write(TextWriter writer, MixtureFit fit, string data)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(fit);
        writer.WriteLine($"{Title(fit)}, {(fit.LogPrior is null ? "maximum likelihood" : "posterior mode on the scale of the parameters below")}");
        writer.WriteLine($"Formula: {fit.Formula}{(fit.Options.ClassFormula is { } classFormula ? $"; classes {classFormula}" : "")}");
        writer.WriteLine($"Data: {data}{(fit.Options.WeightColumn is { } weights ? $", weights {weights}" : "")}, {Count(fit.Rows, "row")}{(fit.UnitNames is { } names ? FormattableString.Invariant($", {names.Count} levels of {fit.Options.MembershipColumn ?? fit.EffectGroup}") : "")}");
        writer.WriteLine();
        if (!fit.IsSolution)
            return;
        string parameters = fit.FreeParameters.ToString(CultureInfo.InvariantCulture);
        if (fit.LogPrior is { } logPrior)
            PlainTable.Write(writer, ["logLik", "log prior", "parameters"], [[PlainNumber.Decimals(fit.LogLikelihood, 4), PlainNumber.Decimals(logPrior, 4), parameters]]);
        else
            PlainTable.Write(writer, ["AIC", "BIC", "logLik", "-2*log(L)", "parameters"],
                [[PlainNumber.Decimals(fit.Aic, 1), PlainNumber.Decimals(fit.Bic, 1), PlainNumber.Decimals(fit.LogLikelihood, 4), PlainNumber.Decimals(fit.Deviance, 4), parameters]]);
        double[] expected = MixtureSummary.ExpectedCounts(fit);
        int[] likeliest = fit.LikeliestClasses();
        for (int ofClass = fit.Classes == 1 ? 0 : 1; ofClass <= (fit.Classes == 1 ? 0 : fit.Classes); ofClass++)
        {
            writer.WriteLine();
            if (ofClass > 0)
                writer.WriteLine(Heading(fit, ofClass, expected[ofClass - 1], likeliest.Count(k => k == ofClass - 1)));
            WriteParameters(writer, fit, fit.Parameters.Where(row => row.Class == ofClass && row.Parameter is "b" or "sigma" or "sd" or "correlation"));
        }
        MixtureParameter[] odds = [.. fit.Parameters.Where(row => row.Parameter == "logodds")];
        if (odds.Length > 0)
        {
            writer.WriteLine();
            writer.WriteLine("Log odds of the classes over class 1:");
            WriteParameters(writer, fit, odds);
        }
        writer.WriteLine();
        if (fit.Entropy is { } entropy)
            writer.WriteLine(FormattableString.Invariant($"Entropy      {entropy:0.000} (1: all classes are certain)"));
        WriteClassification(writer, fit);
        if (fit.Maxima.Count > 0)
            writer.WriteLine($"Starts       {string.Join(", ", fit.Maxima.Select(Describe))}");
        if (fit.Integration is { } integration)
            writer.WriteLine($"Integration  {Describe(integration)}");
    }

    private static string Title(MixtureFit fit) => fit.Classes == 1
        ? "Regression"
        : FormattableString.Invariant($"Finite mixture of {fit.Classes} regressions, {(fit.UnitNames is null ? "classes of rows" : $"classes of {fit.Options.MembershipColumn ?? fit.EffectGroup}")}");

    private static string Heading(MixtureFit fit, int ofClass, double expected, int likeliest)
    {
        string unit = fit.UnitNames is null ? "row" : "level";
        MixtureParameter? proportion = fit.Parameters.FirstOrDefault(row => row.Class == ofClass && row.Parameter == "proportion");
        string share = proportion is null ? "" : FormattableString.Invariant($"proportion {proportion.Estimate:0.0000}{(proportion.StandardError is { } error ? FormattableString.Invariant($" (se {error:0.0000})") : "")}, ");
        string known = ofClass <= fit.Classification.Count ? $" ({fit.Classification[ofClass - 1].Known})" : "";
        return FormattableString.Invariant($"Class {ofClass}{known}: {share}{expected:0.0} {unit}s expected, likeliest for {likeliest}");
    }

    private static void WriteParameters(TextWriter writer, MixtureFit fit, IEnumerable<MixtureParameter> parameters)
    {
        PlainTable.Write(writer, ["", "Estimate", "Std. Error", "z value", "Pr(>|z|)", "2.5 %", "97.5 %", ""], [.. parameters.Select(row =>
        {
            bool isTested = row.Parameter is "b" or "logodds" && row.StandardError is not null;
            double statistic = row.Estimate / (row.StandardError ?? double.NaN);
            return (string[])
            [
                Name(fit, row), PlainNumber.Significant(row.Estimate), row.StandardError is { } error ? PlainNumber.Significant(error) : "",
                isTested ? PlainNumber.Decimals(statistic, 3) : "", isTested ? PlainNumber.Probability(Distributions.TwoSided(statistic, null)) : "",
                row.Lower is { } lower ? PlainNumber.Significant(lower) : "", row.Upper is { } upper ? PlainNumber.Significant(upper) : "",
                row.Status switch
                {
                    ParameterStatus.Free => "",
                    ParameterStatus.Equal => "equal",
                    ParameterStatus.Fixed => "fixed",
                    _ => throw new ArgumentOutOfRangeException(nameof(parameters), row.Status, "There is no such status."),
                },
            ];
        })], textColumns: 1);
    }

    private static string Name(MixtureFit fit, MixtureParameter row) => row.Parameter switch
    {
        "b" => row.Term,
        "sd" => $"sd of {row.Term} by {fit.EffectGroup}",
        "correlation" => $"correlation of {row.Term}, {row.Term2}",
        "logodds" => FormattableString.Invariant($"class {row.Class}: {row.Term}"),
        _ => row.Parameter,
    };

    private static void WriteClassification(TextWriter writer, MixtureFit fit)
    {
        if (fit.Classification.Count == 0)
            return;
        writer.WriteLine("Known classes by the class that the response alone makes likeliest:");
        PlainTable.Write(writer, ["known", .. Enumerable.Range(1, fit.Classes).Select(k => FormattableString.Invariant($"class {k}"))],
            [.. fit.Classification.Select(row => (string[])[row.Known, .. row.Counts.Select(count => count.ToString(CultureInfo.InvariantCulture))])], textColumns: 1);
    }

    private static string Describe(StartOutcome maximum) => maximum.IsDegenerate
        ? FormattableString.Invariant($"{maximum.Count} without a maximum")
        : FormattableString.Invariant($"{maximum.LogLikelihood:0.0000} ({maximum.Count} of the runs to the end{(maximum.IsConverged ? "" : ", not converged")})");

    private static string Describe(Integration integration) => FormattableString.Invariant(
        $"{Count(integration.Dimensions, "dimension")} a level, {Count(integration.Nodes, "node")} each; ")
        + (integration.Error is { } error ? FormattableString.Invariant($"with {integration.MoreNodes} the log-likelihood changes by {error:g2}") : "its error was not checked");

    private static string Count(int count, string word) => FormattableString.Invariant($"{count} {word}{(count == 1 ? "" : "s")}");
}
