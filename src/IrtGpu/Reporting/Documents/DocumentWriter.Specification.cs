using System.Text.Json;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Documents;
using IrtGpu.Specification;

namespace IrtGpu.Reporting.Documents;

internal static partial class DocumentWriter
{
    private static void Write(Utf8JsonWriter json, ModelSpecification value)
    {
        json.Field("functions", value.Functions, Write);
        json.Field("categoryScores", value.CategoryScores, Write);
        json.Field("attributes", value.Attributes);
        WriteQMatrix(json, value.QMatrix);
        json.Field("isExploratory", value.IsExploratory);
        if (value.AxisItems is { } axes)
            json.Field("axisItems", axes);
        else
            json.WriteNull("axisItems");
        json.Field("isOrthogonal", value.IsOrthogonal);
        json.Field("classCount", value.ClassCount);
        json.Field("equalAcrossGroups", value.EqualAcrossGroups);
        json.Field("equalAcrossClasses", value.EqualAcrossClasses);
        json.Field("freeItems", value.FreeItems);
        json.Field("referenceGroup", value.ReferenceGroup);
        json.Field("constraints", value.Constraints, Write);
        json.Field("population", value.Population, Write);
        json.Field("priors", value.Priors, Write);
        json.Field("quadrature", value.Quadrature, Write);
        json.Field("integration", value.Integration);
    }

    private static void Write(Utf8JsonWriter json, CalibrationOptions value)
    {
        json.Field("tolerance", value.Tolerance);
        json.Field("maxCycles", value.MaxCycles);
        json.Field("mIterations", value.MIterations);
        json.Field("acceleration", value.Acceleration);
        json.Field("starts", value.Starts);
        json.Field("seed", value.Seed);
        json.Field("standardErrors", value.StandardErrors);
        json.Field("scores", value.Scores);
        json.Field("rotation", value.Rotation);
        json.Field("stochastic", value.Stochastic, Write);
        json.Field("device", value.Device);
        json.Field("eStep", value.EStep);
        json.Field("threads", value.Threads);
    }

    private static void Write(Utf8JsonWriter json, StochasticOptions value)
    {
        json.Field("monteCarloError", value.MonteCarloError);
        json.Field("mostDraws", value.MostDraws);
    }

    private static void Write(Utf8JsonWriter json, FunctionAssignment value)
    {
        json.Field("items", value.Items);
        json.Field("function", value.Function);
    }

    private static void Write(Utf8JsonWriter json, CategoryScores value)
    {
        json.Field("items", value.Items);
        json.Field("scores", value.Scores);
    }

    private static void Write(Utf8JsonWriter json, ParameterConstraint value)
    {
        json.Field("items", value.Items);
        json.Field("parameter", value.Parameter);
        json.Field("kind", value.Kind);
        json.Field("value", value.Value);
        json.Field("group", value.Group);
        json.Field("class", value.Class);
    }

    private static void Write(Utf8JsonWriter json, PopulationConstraint value)
    {
        json.Field("parameter", value.Parameter);
        json.Field("kind", value.Kind);
        json.Field("value", value.Value);
        json.Field("attribute", value.Attribute);
        json.Field("attribute2", value.Attribute2);
        json.Field("group", value.Group);
        json.Field("class", value.Class);
    }

    private static void Write(Utf8JsonWriter json, ParameterPrior value)
    {
        json.Field("items", value.Items);
        json.Field("parameter", value.Parameter);
        json.Field("distribution", value.Distribution);
        json.Field("a", value.A);
        json.Field("b", value.B);
    }

    private static void Write(Utf8JsonWriter json, QuadratureSpecification value)
    {
        json.Field("rule", value.Rule);
        json.Field("nodes", value.Nodes);
        json.Field("low", value.Low);
        json.Field("high", value.High);
        json.Field("pruneBelow", value.PruneBelow);
    }

    private static void WriteQMatrix(Utf8JsonWriter json, IReadOnlyDictionary<string, int[]>? rows)
    {
        if (rows is null)
        {
            json.WriteNull("qMatrix");
            return;
        }
        json.WriteStartObject("qMatrix");
        foreach ((string item, int[] row) in rows)
            json.Field(item, row);
        json.WriteEndObject();
    }
}
