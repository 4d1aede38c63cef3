using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Reporting.Common;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Reporting;

/// <summary>The files of a fit.</summary>
public static class RegressionFiles
{
    private const string FittedName = "fitted.csv";

    /// <summary>Writes the files into a folder as one set, which <c>run.json</c> lists and closes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="fit">The fit.</param>
    /// <param name="inputSha256">Hash of the data file.</param>
    /// <param name="peakMemoryBytes">Largest resident memory of the process.</param>
    /// <param name="fittedRows">Names of the rows of the data for <c>fitted.csv</c>, by 1-based row; null: no such file.</param>
    /// <param name="arguments">Arguments of the run, kept in <c>run.json</c>.</param>
    /// <returns>Names of the files.</returns>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(
        OutputFolder folder, MixedModelFit fit, string inputSha256, long peakMemoryBytes, Func<int, string>? fittedRows, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(fit);
        using ResultSet files = new(folder, SavedRegression.FileName);
        files.Add("fixed-effects.csv", stream => WriteFixed(stream, fit));
        files.Add("random-effects.csv", stream => WriteRandom(stream, fit));
        files.Add("blups.csv", stream => PredictedTable.Write(stream, fit.Predicted.Select(effects => ("", effects))));
        if (fittedRows is not null)
            files.Add(FittedName, stream => FittedTable.Write(stream, row => fittedRows(fit.RowNumbers[row]), fit.Fitted, fit.Residuals, fit.Options.Threads));
        else
            files.Retire(FittedName);
        foreach (string name in MixtureFiles.Own)
            files.Retire(name);
        DrawTables.AddTo(files, fit.Draws, row => fittedRows is null ? fit.RowNumbers[row].ToString(System.Globalization.CultureInfo.InvariantCulture) : fittedRows(fit.RowNumbers[row]), null);
        files.Add("fit.json", stream => JsonSettings.Write(stream, json => RegressionSummary.Write(json, fit, inputSha256, peakMemoryBytes)));
        files.Add(SavedRegression.FileName, stream => JsonSettings.Write(stream, json => SavedRegressionWriter.Write(json, SavedRegression.Of(fit, inputSha256))));
        return files.Commit(json => RunFields.WriteManifest(json, arguments, inputSha256, fit.Options.Seed));
    }

    private static void WriteFixed(Stream stream, MixedModelFit fit)
    {
        using CsvWriter csv = new(stream);
        csv.Record("class", "term", "estimate", "se", "df", "statistic", "p", "lower", "upper");
        foreach (FixedEffectRow row in fit.FixedEffects)
        {
            csv.Field("");
            csv.Field(row.Term);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Df);
            csv.Field(row.Statistic);
            csv.Field(row.P);
            csv.Field(row.Lower);
            csv.Field(row.Upper);
            csv.EndRecord();
        }
    }

    private static void WriteRandom(Stream stream, MixedModelFit fit)
    {
        using CsvWriter csv = new(stream);
        csv.Record("class", "group", "term", "term2", "parameter", "estimate", "se", "lower", "upper");
        foreach (RandomEffectRow row in fit.RandomEffects)
        {
            csv.Field("");
            csv.Field(row.Group);
            csv.Field(row.Term);
            csv.Field(row.Term2);
            csv.Field(row.Parameter);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Lower);
            csv.Field(row.Upper);
            csv.EndRecord();
        }
    }
}
