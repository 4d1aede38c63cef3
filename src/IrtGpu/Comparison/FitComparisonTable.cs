using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Comparison;

/// <summary>The table of a comparison of calibrations.</summary>
public static class FitComparisonTable
{
    /// <summary>Writes it as CSV.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="fits">The fits.</param>
    public static void Write(Stream stream, IReadOnlyList<ComparedFit> fits)
    {
        ArgumentNullException.ThrowIfNull(fits);
        using CsvWriter csv = new(stream);
        csv.Record("fit", "parameters", "loglikelihood", "deviance", "aic", "bic", "sabic", "entropy", "against", "chi_square", "df", "p", "p_bootstrap", "draws", "p_vlmr", "lmr", "p_lmr", "note");
        foreach (ComparedFit fit in fits)
        {
            csv.Field(fit.Name);
            csv.Field(fit.FreeParameters);
            csv.Field(fit.LogLikelihood);
            csv.Field(-2 * fit.LogLikelihood);
            csv.Field(fit.Aic);
            csv.Field(fit.Bic);
            csv.Field(fit.Sabic);
            csv.Field(fit.Entropy);
            csv.Field(fit.Against ?? "");
            csv.Field(fit.ChiSquare);
            csv.Field((double?)fit.Df);
            csv.Field(fit.P);
            csv.Field(fit.BootstrapP);
            csv.Field((double?)fit.Draws);
            csv.Field(fit.VuongP);
            csv.Field(fit.AdjustedRatio);
            csv.Field(fit.AdjustedP);
            csv.Field(fit.Note);
            csv.EndRecord();
        }
    }
}
