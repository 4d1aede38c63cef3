using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Regression.Comparison;

/// <summary>The table of a comparison.</summary>
public static class ComparisonTable
{
    /// <summary>Writes it as CSV.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="models">The fits compared by likelihood; empty where that was not possible.</param>
    /// <param name="validated">The same by cross-validation; empty where there are no draws.</param>
    public static void Write(Stream stream, IReadOnlyList<ComparedModel> models, IReadOnlyList<ValidatedModel> validated)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(validated);
        using CsvWriter csv = new(stream);
        csv.Record("fit", "formula", "parameters", "aic", "bic", "loglikelihood", "deviance", "chi_square", "df", "p", "elpd_loo", "elpd_se", "elpd_difference", "difference_se", "unreliable_k");
        foreach ((string name, string formula) in models.Count > 0 ? models.Select(model => (model.Name, model.Formula)) : validated.Select(model => (model.Name, model.Formula)))
        {
            ComparedModel? model = models.FirstOrDefault(candidate => candidate.Name == name);
            ValidatedModel? other = validated.FirstOrDefault(candidate => candidate.Name == name);
            csv.Field(name);
            csv.Field(formula);
            csv.Field((double?)model?.FreeParameters);
            csv.Field(model?.Aic);
            csv.Field(model?.Bic);
            csv.Field(model?.LogLikelihood);
            csv.Field(-2 * model?.LogLikelihood);
            csv.Field(model?.ChiSquare);
            csv.Field((double?)model?.Df);
            csv.Field(model?.P);
            csv.Field(other?.Elpd);
            csv.Field(other?.Error);
            csv.Field(other?.Difference);
            csv.Field(other?.DifferenceError);
            csv.Field((double?)other?.Unreliable);
            csv.EndRecord();
        }
    }
}
