using System.Text.Json;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Data.Answers;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Reporting.Documents;

/// <summary>Writes the documents in JSON, property by property.</summary>
/// <remarks>
/// Looking at the types and making code for them takes a serializer longer than a small calibration, so that what every
/// calibration writes is spelt out. A test holds each document against what the serializer makes of it.
/// </remarks>
internal static partial class DocumentWriter
{
    public static void Write(Utf8JsonWriter json, CalibrationDocument value)
    {
        json.Field("format", value.Format);
        json.Field("formatVersion", value.FormatVersion);
        json.Field("programVersion", value.ProgramVersion);
        json.Field("arguments", value.Arguments);
        json.Field("specification", value.Specification, Write);
        json.Field("options", value.Options, Write);
        json.Field("data", value.Data, Write);
        json.Field("freeParameters", value.FreeParameters);
        json.Field("freeParameterKeys", value.FreeParameterKeys, Write);
        if (value.FreeParameterCovariance is { } covariance)
            json.WriteBase64String("freeParameterCovariance", covariance);
        json.Field("items", value.Items, Write);
        json.Field("population", value.Population, Write);
        json.Field("rotations", value.Rotations, Write);
        json.Field("fit", value.Fit, Write);
    }

    public static void Write(Utf8JsonWriter json, FitSummary value)
    {
        json.Field("logLikelihood", value.LogLikelihood);
        json.Field("deviance", value.Deviance);
        json.Field("logPrior", value.LogPrior);
        json.Field("freeParameters", value.FreeParameters);
        json.Field("effectiveParameters", value.EffectiveParameters);
        json.Field("aic", value.Aic);
        json.Field("bic", value.Bic);
        json.Field("sabic", value.Sabic);
        json.Field("icl", value.Icl);
        json.Field("entropy", value.Entropy);
        json.Field("starts", value.Starts, Write);
        json.Field("persons", value.Persons);
        json.Field("weightTotal", value.WeightTotal);
        json.Field("samplingWeights", value.SamplingWeights);
        json.Field("patterns", value.Patterns);
        json.Field("items", value.Items);
        json.Field("cycles", value.Cycles);
        json.Field("eSteps", value.ESteps);
        json.Field("converged", value.Converged);
        json.Field("termination", value.Termination);
        json.Field("terminationMessage", value.TerminationMessage);
        json.Field("largestChange", value.LargestChange);
        json.Field("gradientNorm", value.GradientNorm);
        json.Field("monteCarloError", value.MonteCarloError);
        json.Field("integration", value.Integration);
        json.Field("integrationReason", value.IntegrationReason);
        if (value.IntegrationError is { } error)
            json.Field("integrationError", error, Write);
        json.Field("quadrature", value.Quadrature, Write);
        json.Field("standardErrors", value.StandardErrors, Write);
        if (value.Draws is { } draws)
            json.Field("draws", draws, SamplerSummary.Write);
        json.Field("device", value.Device);
        json.Field("eStepForm", value.EStepForm);
        json.Field("eStepReason", value.EStepReason);
        json.Field("interpolationError", value.InterpolationError);
        json.Field("precision", value.Precision);
        json.Field("threads", value.Threads);
        json.Field("seconds", value.Seconds, Write);
        json.Field("peakMemoryBytes", value.PeakMemoryBytes);
        json.Field("version", value.Version);
        json.Field("seed", value.Seed);
        json.Field("inputSha256", value.InputSha256);
        json.Field("warnings", value.Warnings);
    }

    public static void Write(Utf8JsonWriter json, RotatedSolution value)
    {
        json.Field("method", value.Method);
        json.Field("value", value.Value);
        json.Field("starts", value.Starts);
        json.Field("startsAtMinimum", value.StartsAtMinimum);
        json.Field("blocks", value.Blocks);
        json.Field("transformation", value.Transformation);
        json.Field("correlations", value.Correlations);
        json.Field("items", value.Items, Write);
        json.Field("populations", value.Populations, Write);
        if (value.CorrelationErrors is { } errors)
            json.Field("correlationErrors", errors);
        else
            json.WriteNull("correlationErrors");
    }

    private static void Write(Utf8JsonWriter json, IntegrationError value)
    {
        json.Field("difference", value.Difference);
        json.Field("error", value.Error);
        json.Field("patternCount", value.PatternCount);
        json.Field("richerCount", value.RicherCount);
        json.Field("richerNodeCount", value.RicherNodeCount);
    }

    private static void Write(Utf8JsonWriter json, QuadratureSummary value)
    {
        json.Field("rule", value.Rule);
        json.Field("nodes", value.Nodes);
        json.Field("low", value.Low);
        json.Field("high", value.High);
        json.Field("count", value.Count);
        json.Field("droppedMass", value.DroppedMass);
        json.Field("reason", value.Reason);
        json.Field("spacing", value.Spacing);
        json.Field("smallestPosteriorSd", value.SmallestPosteriorSd);
        json.Field("spacingError", value.SpacingError);
        json.Field("shareBeyond", value.ShareBeyond);
        json.Field("rounds", value.Rounds, Write);
    }

    private static void Write(Utf8JsonWriter json, GridRound value)
    {
        json.Field("nodes", value.Nodes);
        json.Field("low", value.Low);
        json.Field("high", value.High);
        json.Field("cycles", value.Cycles);
        json.Field("logLikelihood", value.LogLikelihood);
    }

    private static void Write(Utf8JsonWriter json, StandardErrorSummary value)
    {
        json.Field("method", value.Method);
        json.Field("reason", value.Reason);
        json.Field("conditionNumber", value.ConditionNumber);
    }

    private static void Write(Utf8JsonWriter json, CalibrationTimes value)
    {
        json.Field("read", value.Read);
        json.Field("plan", value.Plan);
        json.Field("estimate", value.Estimate);
        json.Field("standardErrors", value.StandardErrors);
        json.Field("score", value.Score);
        json.Field("draw", value.Draw);
        json.Field("total", value.Total);
    }

    private static void Write(Utf8JsonWriter json, StartOutcome value)
    {
        json.Field("logLikelihood", value.LogLikelihood);
        json.Field("count", value.Count);
        json.Field("isConverged", value.IsConverged);
        if (value.IsDegenerate)
            json.Field("isDegenerate", value.IsDegenerate);
    }

    private static void Write(Utf8JsonWriter json, DataDocument value)
    {
        json.Field("items", value.Items, Write);
        json.Field("groups", value.Groups);
        json.Field("groupWeights", value.GroupWeights);
        json.Field("knownClasses", value.KnownClasses);
        if (value.MissingCodes is { } missing)
            json.Field("missingCodes", missing);
    }

    private static void Write(Utf8JsonWriter json, ItemDocument value)
    {
        json.Field("name", value.Name);
        json.Field("codes", value.Codes);
        json.Field("groups", value.Groups);
        if (value.Answers is { } answers)
            json.Field("answers", answers, Write);
        if (value.Unused is { } unused)
            json.Field("unused", unused);
    }

    private static void Write(Utf8JsonWriter json, ItemAnswers value)
    {
        if (value.Texts is { } texts)
        {
            json.WriteStartArray("texts");
            foreach (string[] category in texts)
            {
                json.WriteStartArray();
                Array.ForEach(category, json.WriteStringValue);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        if (value.Missing is { } missing)
            json.Field("missing", missing);
        json.Field("blankIsWrong", value.BlankIsWrong);
        if (value.Key is { } key)
            json.Field("key", key);
    }

    private static void Write(Utf8JsonWriter json, ParameterKey value)
    {
        json.Field("kind", value.Kind);
        WriteGiven("item", value.Item);
        if (value.Category is { } category)
            json.Field("category", category);
        WriteGiven("attribute", value.Attribute);
        WriteGiven("attribute2", value.Attribute2);
        WriteGiven("group", value.Group);
        WriteGiven("class", value.Class);

        void WriteGiven(string name, string? text)
        {
            if (text is not null)
                json.Field(name, text);
        }
    }

    private static void Write(Utf8JsonWriter json, ItemRow value)
    {
        json.Field("group", value.Group);
        json.Field("class", value.Class);
        json.Field("item", value.Item);
        json.Field("function", value.Function);
        json.Field("parameter", value.Parameter);
        json.Field("estimate", value.Estimate);
        json.Field("standardError", value.StandardError);
        json.Field("status", value.Status);
    }

    private static void Write(Utf8JsonWriter json, PopulationRow value)
    {
        json.Field("group", value.Group);
        json.Field("class", value.Class);
        json.Field("parameter", value.Parameter);
        json.Field("attribute", value.Attribute);
        json.Field("attribute2", value.Attribute2);
        json.Field("estimate", value.Estimate);
        json.Field("standardError", value.StandardError);
        json.Field("status", value.Status);
    }

    private static void Write(Utf8JsonWriter json, RotatedItem value)
    {
        json.Field("parameterSet", value.ParameterSet);
        json.Field("item", value.Item);
        json.Field("slopes", value.Slopes);
        json.Field("loadings", value.Loadings);
        json.Field("communality", value.Communality);
        WriteErrors(json, "slopeErrors", value.SlopeErrors);
        WriteErrors(json, "loadingErrors", value.LoadingErrors);
    }

    private static void WriteErrors(Utf8JsonWriter json, string name, double[]? errors)
    {
        if (errors is null)
            json.WriteNull(name);
        else
            json.Field(name, errors);
    }

    private static void Write(Utf8JsonWriter json, RotatedPopulation value)
    {
        json.Field("group", value.Group);
        json.Field("class", value.Class);
        json.Field("means", value.Means);
        json.Field("covariances", value.Covariances);
    }
}
