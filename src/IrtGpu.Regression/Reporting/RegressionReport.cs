using System.Globalization;

namespace IrtGpu.Regression.Reporting;

/// <summary>The report for people, in the order and words of lme4's summary.</summary>
public static class RegressionReport
{
    private const int ShownEffects = 40;

    /// <summary>Writes it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="fit">The fit.</param>
    /// <param name="data">Name of the data.</param>
    public static void Write(TextWriter writer, MixedModelFit fit, string data)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(fit);
        bool isMixed = fit.Covariances.Count > 0;
        bool isRestricted = fit.Options.Criterion == Criterion.Restricted;
        writer.WriteLine($"{(isMixed ? "Linear mixed model" : "Linear model")} fit by {(isRestricted ? "REML" : "maximum likelihood")}{Tests(fit)}");
        writer.WriteLine($"Formula: {fit.Formula}");
        writer.WriteLine($"Data: {data}{(fit.Options.WeightColumn is { } weights ? $", weights {weights}" : "")}");
        writer.WriteLine();
        if (isRestricted)
            writer.WriteLine($"REML criterion at convergence: {PlainNumber.Decimals(fit.Deviance, 4)}");
        PlainTable.Write(writer, ["AIC", "BIC", "logLik", "-2*log(L)", "df.resid"],
            [[PlainNumber.Decimals(fit.Aic, 1), PlainNumber.Decimals(fit.Bic, 1), PlainNumber.Decimals(fit.LogLikelihood, 4), PlainNumber.Decimals(fit.Deviance, 4), (fit.Rows - fit.FreeParameters).ToString(CultureInfo.InvariantCulture)]]);
        writer.WriteLine();
        writer.WriteLine("Scaled residuals:");
        double[] scaled = ScaledResiduals(fit);
        PlainTable.Write(writer, ["Min", "1Q", "Median", "3Q", "Max"], [[.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(share => PlainNumber.Decimals(Quantile(scaled, share), 4))]]);
        writer.WriteLine();
        writer.WriteLine("Random effects:");
        WriteRandom(writer, fit);
        writer.WriteLine($"Number of obs: {fit.Rows}{(isMixed ? $", groups:  {string.Join("; ", fit.Levels.Select(level => FormattableString.Invariant($"{level.Group}, {level.Levels}")))}" : "")}");
        writer.WriteLine();
        writer.WriteLine("Fixed effects:");
        WriteFixed(writer, fit);
        if (fit.IsSingular)
        {
            writer.WriteLine();
            writer.WriteLine("Singular fit: a variance is 0, or correlations lie at their bound: the data show no more variation between levels than the");
            writer.WriteLine("residuals explain in some direction. Estimates are valid; a model with fewer random-effect terms fits as well.");
        }
        writer.WriteLine();
    }

    private static string Tests(MixedModelFit fit) => fit.Options.DegreesOfFreedom switch
    {
        DegreesOfFreedomMethod.Satterthwaite when fit.Options.WithSecondDerivatives => ", t-tests use Satterthwaite's method",
        DegreesOfFreedomMethod.KenwardRoger => ", t-tests use Kenward-Roger's method",
        _ => "",
    };

    private static double[] ScaledResiduals(MixedModelFit fit)
    {
        double[]? weights = fit.Problem.Frame.Weights;
        return [.. fit.Residuals.Select((residual, row) => residual * (weights is null ? 1 : Math.Sqrt(weights[row])) / fit.Sigma).Order()];
    }

    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }

    private static void WriteRandom(TextWriter writer, MixedModelFit fit)
    {
        int correlations = fit.Covariances.Count == 0 ? 0 : fit.Covariances.Max(term => term.Effects.Count) - 1;
        List<string[]> rows = [];
        foreach (TermCovariance term in fit.Covariances)
        {
            int k = term.Effects.Count;
            for (int effect = 0; effect < k; effect++)
            {
                double variance = term.Covariance[effect * k + effect];
                string[] row = new string[4 + correlations];
                Array.Fill(row, "");
                (row[0], row[1], row[2], row[3]) = (effect == 0 ? term.Group : "", term.Effects[effect], PlainNumber.Significant(variance), PlainNumber.Significant(Math.Sqrt(variance)));
                for (int other = 0; other < effect; other++)
                {
                    double scale = Math.Sqrt(variance * term.Covariance[other * k + other]);
                    row[4 + other] = scale > 0 ? PlainNumber.Decimals(term.Covariance[effect * k + other] / scale, 2) : "";
                }
                rows.Add(row);
            }
        }
        string[] residual = new string[4 + correlations];
        Array.Fill(residual, "");
        (residual[0], residual[2], residual[3]) = (RandomEffectTable.Residual, PlainNumber.Significant(fit.Sigma * fit.Sigma), PlainNumber.Significant(fit.Sigma));
        rows.Add(residual);
        PlainTable.Write(writer, ["Groups", "Name", "Variance", "Std.Dev.", .. Enumerable.Range(0, correlations).Select(index => index == 0 ? "Corr" : "")], rows, textColumns: 2);
    }

    private static void WriteFixed(TextWriter writer, MixedModelFit fit)
    {
        bool hasDf = fit.FixedEffects.Any(row => row.Df is not null);
        string[] header = ["", "Estimate", "Std. Error", .. hasDf ? ["df"] : Array.Empty<string>(), "t value", hasDf ? "Pr(>|t|)" : "Pr(>|z|)"];
        PlainTable.Write(writer, header, [.. fit.FixedEffects.Take(ShownEffects).Select(row => (string[])
        [
            row.Term, PlainNumber.Significant(row.Estimate), PlainNumber.Significant(row.StandardError), .. hasDf ? [row.Df is { } df ? PlainNumber.Decimals(df, 1) : ""] : Array.Empty<string>(),
            PlainNumber.Decimals(row.Statistic, 3), PlainNumber.Probability(row.P),
        ])], textColumns: 1);
        if (fit.FixedEffects.Count > ShownEffects)
            writer.WriteLine(FormattableString.Invariant($"… and {fit.FixedEffects.Count - ShownEffects} more in fixed-effects.csv"));
    }
}
