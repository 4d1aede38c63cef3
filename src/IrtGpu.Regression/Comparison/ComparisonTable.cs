using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Regression.Comparison;

/// <summary>The table of a comparison.</summary>
public static class ComparisonTable
{
    /// <summary>Writes it as CSV.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="models">The fits compared.</param>
    public static void Write(Stream stream, IReadOnlyList<ComparedModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        using CsvWriter csv = new(stream);
        csv.Record("fit", "formula", "parameters", "aic", "bic", "loglikelihood", "deviance", "chi_square", "df", "p");
        foreach (ComparedModel model in models)
        {
            csv.Field(model.Name);
            csv.Field(model.Formula);
            csv.Field(model.FreeParameters);
            csv.Field(model.Aic);
            csv.Field(model.Bic);
            csv.Field(model.LogLikelihood);
            csv.Field(-2 * model.LogLikelihood);
            csv.Field(model.ChiSquare);
            csv.Field((double?)model.Df);
            csv.Field(model.P);
            csv.EndRecord();
        }
    }
}
