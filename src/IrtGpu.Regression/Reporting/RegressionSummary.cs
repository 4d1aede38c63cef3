using System.Text.Json;
using IrtGpu.Foundation.Documents;
using IrtGpu.Regression.Reporting.Common;

namespace IrtGpu.Regression.Reporting;

/// <summary>The content of <c>fit.json</c>.</summary>
public static class RegressionSummary
{
    /// <summary>The text.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="inputSha256">Hash of the data file.</param>
    /// <param name="peakMemoryBytes">Largest resident memory of the process.</param>
    public static string ToJson(MixedModelFit fit, string inputSha256, long peakMemoryBytes) => JsonSettings.Text(json => Write(json, fit, inputSha256, peakMemoryBytes));

    internal static void Write(Utf8JsonWriter json, MixedModelFit fit, string inputSha256, long peakMemoryBytes)
    {
        json.WriteStartObject();
        json.Field("formula", fit.Formula);
        json.Field("criterion", fit.Options.Criterion.Name());
        json.Field("logLikelihood", JsonSettings.Finite(fit.LogLikelihood));
        json.Field("deviance", JsonSettings.Finite(fit.Deviance));
        json.Field("freeParameters", fit.FreeParameters);
        json.Field("aic", JsonSettings.Finite(fit.Aic));
        json.Field("bic", JsonSettings.Finite(fit.Bic));
        json.Field("sigma", JsonSettings.Finite(fit.Sigma));
        json.Field("rows", fit.Rows);
        json.Field("rowsDropped", fit.RowsDropped);
        json.WriteStartObject("levels");
        foreach ((string group, int levels) in fit.Levels)
            json.Field(group, levels);
        json.WriteEndObject();
        json.Field("singular", fit.IsSingular);
        json.Field("aliased", fit.Aliased);
        json.WriteStartArray("starts");
        json.WriteEndArray();
        json.Field("algorithm", fit.Options.Algorithm);
        json.Field("degreesOfFreedom", fit.Options.DegreesOfFreedom);
        json.Field("intervals", fit.Options.BootstrapCount > 0 ? "bootstrap" : JsonNamingPolicy.CamelCase.ConvertName(fit.Options.Intervals.ToString()));
        json.Field("bootstrap", fit.Options.BootstrapCount);
        RunFields.WriteEnd(json, fit.History.Count, fit.Evaluations, fit.Termination);
        json.Field("gradientNorm", JsonSettings.Finite(fit.GradientNorm));
        json.Field("smallestCurvature", fit.SmallestCurvature);
        DrawTables.WriteSummary(json, fit.Draws);
        RunFields.WriteRun(json, fit.Options.ThreadCount, fit.Seconds, peakMemoryBytes, fit.Options.Seed, inputSha256, fit.Warnings);
        json.WriteEndObject();
    }
}
