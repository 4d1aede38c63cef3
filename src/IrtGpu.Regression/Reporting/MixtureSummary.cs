using System.Text.Json;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Reporting.Common;

namespace IrtGpu.Regression.Reporting;

/// <summary>The content of <c>fit.json</c> of a mixture.</summary>
public static class MixtureSummary
{
    /// <summary>The text.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="inputSha256">Hash of the data file.</param>
    /// <param name="peakMemoryBytes">Largest resident memory of the process.</param>
    public static string ToJson(MixtureFit fit, string inputSha256, long peakMemoryBytes) => JsonSettings.Text(json => Write(json, fit, inputSha256, peakMemoryBytes));

    internal static void Write(Utf8JsonWriter json, MixtureFit fit, string inputSha256, long peakMemoryBytes)
    {
        bool isSolution = fit.IsSolution;
        json.WriteStartObject();
        json.Field("formula", fit.Formula);
        json.Field("criterion", fit.LogPrior is null ? "ML" : "posterior mode");
        json.Field("classes", fit.Classes);
        json.Field("membership", fit.Options.MembershipColumn ?? "row");
        json.Field("classFormula", fit.Options.ClassFormula);
        json.Field("equalAcrossClasses", fit.Options.EqualAcrossClasses);
        json.Field("priors", fit.Options.Priors);
        json.Field("logLikelihood", isSolution ? JsonSettings.Finite(fit.LogLikelihood) : null);
        json.Field("logPrior", isSolution ? fit.LogPrior : null);
        json.Field("deviance", isSolution ? JsonSettings.Finite(fit.Deviance) : null);
        json.Field("freeParameters", fit.FreeParameters);
        json.Field("aic", isSolution && fit.LogPrior is null ? JsonSettings.Finite(fit.Aic) : null);
        json.Field("bic", isSolution && fit.LogPrior is null ? JsonSettings.Finite(fit.Bic) : null);
        json.Field("entropy", isSolution ? fit.Entropy : null);
        json.Field("classCounts", ExpectedCounts(fit));
        json.Field("classification", fit.Classification, WriteClassification);
        json.Field("rows", fit.Rows);
        json.Field("rowsDropped", fit.RowsDropped);
        json.Field("units", fit.Posterior.Length / fit.Classes);
        json.Field("aliased", fit.Aliased);
        json.Field("starts", fit.Maxima, WriteMaximum);
        json.Field("nodes", fit.Integration?.Nodes);
        json.Field("dimensions", fit.Integration?.Dimensions);
        json.Field("moreNodes", fit.Integration?.MoreNodes);
        json.Field("integrationError", fit.Integration?.Error);
        RunFields.WriteEnd(json, fit.History.Count, fit.Evaluations, fit.Termination);
        json.Field("smallestCurvature", fit.SmallestCurvature);
        DrawTables.WriteSummary(json, fit.Draws);
        RunFields.WriteRun(json, fit.Options.ThreadCount, fit.Seconds, peakMemoryBytes, fit.Options.Seed, inputSha256, fit.Warnings);
        json.WriteEndObject();
    }

    /// <summary>Σ P of each class: the units it is expected to have. [class]</summary>
    internal static double[] ExpectedCounts(MixtureFit fit)
    {
        double[] counts = new double[fit.Classes];
        for (int index = 0; index < fit.Posterior.Length; index++)
            counts[index % fit.Classes] += fit.Posterior[index];
        return counts;
    }

    private static void WriteMaximum(Utf8JsonWriter json, StartOutcome maximum)
    {
        json.Field("logLikelihood", JsonSettings.Finite(maximum.LogLikelihood));
        json.Field("count", maximum.Count);
        json.Field("converged", maximum.IsConverged);
        json.Field("degenerate", maximum.IsDegenerate);
    }

    private static void WriteClassification(Utf8JsonWriter json, ClassificationRow row)
    {
        json.Field("known", row.Known);
        json.Field("counts", row.Counts);
    }
}
