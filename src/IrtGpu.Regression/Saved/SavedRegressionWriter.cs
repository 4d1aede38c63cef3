using System.Text.Json;
using IrtGpu.Foundation.Documents;

namespace IrtGpu.Regression.Saved;

/// <summary>Writes <c>regression.json</c>, property by property.</summary>
internal static class SavedRegressionWriter
{
    public static void Write(Utf8JsonWriter json, SavedRegression saved)
    {
        json.WriteStartObject();
        saved.WriteHead(json);
        json.Field("sigma", saved.Sigma);
        json.Field("fixedNames", saved.FixedNames);
        json.Field("fixedEffects", saved.FixedEffects);
        json.Field("fixedCovariance", saved.FixedCovariance);
        json.Field("terms", saved.Terms, WriteTerm);
        json.Field("bases", saved.Bases, WriteBasis);
        json.Field("inputSha256", saved.InputSha256);
        SavedValidation.WriteField(json, saved.Loo);
        json.WriteEndObject();
    }

    private static void WriteTerm(Utf8JsonWriter json, SavedTerm term)
    {
        json.Field("group", term.Group);
        json.Field("effects", term.Effects);
        json.Field("covariance", term.Covariance);
        json.Field("levels", term.Levels);
        json.Field("values", term.Values);
    }

    internal static void WriteBasis(Utf8JsonWriter json, SavedBasis basis)
    {
        json.Field("variable", basis.Variable);
        json.Field("levels", basis.Levels);
        json.Field("values", basis.Values);
    }
}
