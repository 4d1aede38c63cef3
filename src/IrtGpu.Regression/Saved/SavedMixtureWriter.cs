using System.Text.Json;
using IrtGpu.Foundation.Documents;

namespace IrtGpu.Regression.Saved;

/// <summary>Writes <c>regression.json</c> of a mixture.</summary>
internal static class SavedMixtureWriter
{
    public static void Write(Utf8JsonWriter json, SavedMixture saved)
    {
        json.WriteStartObject();
        saved.WriteHead(json);
        json.Field("classes", saved.Classes);
        json.Field("membershipColumn", saved.MembershipColumn);
        json.Field("classFormula", saved.ClassFormula);
        json.Field("knownClassColumn", saved.KnownClassColumn);
        json.Field("knownNames", saved.KnownNames);
        json.Field("equalAcrossClasses", saved.EqualAcrossClasses);
        json.Field("orderBy", saved.OrderBy);
        json.Field("effects", saved.Effects);
        json.Field("nodes", saved.Nodes);
        json.Field("priors", saved.Priors);
        json.Field("coefficientNames", saved.CoefficientNames);
        json.Field("classColumnNames", saved.ClassColumnNames);
        json.Field("effectGroup", saved.EffectGroup);
        json.Field("effectNames", saved.EffectNames);
        json.Field("hasCorrelations", saved.HasCorrelations);
        json.Field("parameters", saved.Parameters);
        json.Field("bases", saved.Bases, SavedRegressionWriter.WriteBasis);
        json.Field("classBases", saved.ClassBases, SavedRegressionWriter.WriteBasis);
        json.Field("inputSha256", saved.InputSha256);
        SavedValidation.WriteField(json, saved.Loo);
        json.WriteEndObject();
    }
}
