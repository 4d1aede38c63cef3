using System.Text.Json;
using IrtGpu.Foundation.Documents;

namespace IrtGpu.Regression.Saved;

/// <summary>Leave-one-out cross-validation of a saved fit, for comparisons.</summary>
/// <param name="Unit">What a piece of the data is: <c>row</c>, or a grouping factor.</param>
/// <param name="Elpd">Log predictive density of each piece. [piece]</param>
/// <param name="EffectiveParameters">Effective number of parameters.</param>
/// <param name="Unreliable">Pieces whose k̂ is too large.</param>
internal sealed record SavedValidation(string Unit, double[] Elpd, double EffectiveParameters, int Unreliable)
{
    /// <summary>Of a fit; null where it has none, or not all of its numbers are finite.</summary>
    public static SavedValidation? Of(RegressionDraws? draws) => draws?.CrossValidation is { } validation && Array.TrueForAll(validation.Elpd, double.IsFinite) && double.IsFinite(validation.EffectiveParameters)
        ? new SavedValidation(validation.Unit, validation.Elpd, validation.EffectiveParameters, validation.UnreliableCount)
        : null;

    /// <summary>Writes it as the field <c>loo</c>; nothing where there is none.</summary>
    public static void WriteField(Utf8JsonWriter json, SavedValidation? value)
    {
        if (value is null)
            return;
        json.WriteStartObject("loo");
        json.Field("unit", value.Unit);
        json.Field("elpd", value.Elpd);
        json.Field("effectiveParameters", value.EffectiveParameters);
        json.Field("unreliable", value.Unreliable);
        json.WriteEndObject();
    }
}
