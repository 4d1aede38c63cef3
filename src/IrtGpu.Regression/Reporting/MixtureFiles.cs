using System.Globalization;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Inference;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Reporting.Common;
using IrtGpu.Regression.Reporting.Plots;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Reporting;

/// <summary>The files of a mixture.</summary>
public static class MixtureFiles
{
    private const string Fixed = "fixed-effects.csv";
    private const string Random = "random-effects.csv";
    private const string Predicted = "blups.csv";
    private const string Probabilities = "class-probabilities.csv";
    private const string Classes = "classes.csv";
    private const string ClassData = "class-data.csv";
    private const string Fitted = "fitted.csv";
    private const string Plot = "classes.svg";
    private const string Summary = "fit.json";

    /// <summary>Files that only mixtures have.</summary>
    internal static readonly IReadOnlyList<string> Own = [Probabilities, Classes, ClassData, Plot];

    /// <summary>Writes the files into a folder as one set, which <c>run.json</c> lists and closes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="fit">The fit; where it is no solution, <c>fit.json</c> alone is written.</param>
    /// <param name="inputSha256">Hash of the data file.</param>
    /// <param name="peakMemoryBytes">Largest resident memory of the process.</param>
    /// <param name="rowName">Names of the rows of the data, by 1-based row.</param>
    /// <param name="withFitted">Whether <c>fitted.csv</c> is wanted.</param>
    /// <param name="withPlot">Whether the picture <c>classes.svg</c> is wanted.</param>
    /// <param name="arguments">Arguments of the run, kept in <c>run.json</c>.</param>
    /// <returns>Names of the files.</returns>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(OutputFolder folder, MixtureFit fit, string inputSha256, long peakMemoryBytes, Func<int, string> rowName, bool withFitted, bool withPlot,
        IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(fit);
        using ResultSet files = new(folder, SavedRegression.FileName);
        AddWhere(fit.IsSolution, Fixed, stream => WriteFixed(stream, fit));
        AddWhere(fit.IsSolution, Random, stream => WriteRandom(stream, fit));
        AddWhere(fit.IsSolution && fit.Predicted.Count > 0, Predicted, stream => PredictedTable.Write(stream, fit.Predicted.Select(row => (ClassName(row.Class), row.Effects))));
        AddWhere(fit.IsSolution && fit.Classes > 1, Probabilities, stream => WriteProbabilities(stream, fit));
        AddWhere(fit.IsSolution && fit.Classes > 1, Classes, stream => WriteClasses(stream, fit, rowName));
        AddWhere(fit.IsSolution && fit.Classes > 1, ClassData, stream => ClassDataTable.Write(stream, fit, rowName));
        AddWhere(fit.IsSolution && withFitted, Fitted, stream => FittedTable.Write(stream, row => rowName(fit.RowNumbers[row]), fit.Fitted, fit.Residuals, fit.Options.Threads));
        AddWhere(fit.IsSolution && withPlot, Plot, stream => ClassPlot.Write(stream, fit));
        DrawTables.AddTo(files, fit.Draws, row => rowName(fit.RowNumbers[row]), fit.UnitNames);
        files.Add(Summary, stream => JsonSettings.Write(stream, json => MixtureSummary.Write(json, fit, inputSha256, peakMemoryBytes)));
        AddWhere(fit.IsSolution, SavedRegression.FileName, stream => JsonSettings.Write(stream, json => SavedMixtureWriter.Write(json, SavedMixture.Of(fit, inputSha256))));
        return files.Commit(json => RunFields.WriteManifest(json, arguments, inputSha256, fit.Options.Seed));

        void AddWhere(bool isWanted, string name, Action<Stream> write)
        {
            if (isWanted)
                files.Add(name, write);
            else
                files.Retire(name);
        }
    }

    private static void WriteFixed(Stream stream, MixtureFit fit)
    {
        using CsvWriter csv = new(stream);
        csv.Record("class", "term", "estimate", "se", "df", "statistic", "p", "lower", "upper");
        foreach (MixtureParameter row in fit.Parameters.Where(row => row.Parameter == "b"))
        {
            csv.Field(ClassName(row.Class));
            csv.Field(row.Term);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field("");
            csv.Field(row.Estimate / row.StandardError);
            csv.Field(row.StandardError is { } error ? Distributions.TwoSided(row.Estimate / error, null) : null);
            csv.Field(row.Lower);
            csv.Field(row.Upper);
            csv.EndRecord();
        }
    }

    private static void WriteRandom(Stream stream, MixtureFit fit)
    {
        using CsvWriter csv = new(stream);
        csv.Record("class", "group", "term", "term2", "parameter", "estimate", "se", "lower", "upper");
        foreach (MixtureParameter row in fit.Parameters.Where(row => row.Parameter is "sd" or "correlation" or "sigma"))
        {
            string group = row.Parameter == "sigma" ? RandomEffectTable.Residual : fit.EffectGroup;
            Record(row.Parameter == "correlation" ? "correlation" : "sd", row.Estimate, row.StandardError, row.Lower, row.Upper);
            if (row.Parameter != "correlation")
                Record("variance", row.Estimate * row.Estimate, 2 * row.Estimate * row.StandardError, row.Lower * row.Lower, row.Upper * row.Upper);

            void Record(string parameter, double estimate, double? error, double? lower, double? upper)
            {
                csv.Field(ClassName(row.Class));
                csv.Field(group);
                csv.Field(row.Term);
                csv.Field(row.Term2);
                csv.Field(parameter);
                csv.Field(estimate);
                csv.Field(error);
                csv.Field(lower);
                csv.Field(upper);
                csv.EndRecord();
            }
        }
    }

    private static void WriteProbabilities(Stream stream, MixtureFit fit)
    {
        using CsvWriter csv = new(stream);
        csv.Record("class", "parameter", "term", "estimate", "se", "lower", "upper");
        foreach (MixtureParameter row in fit.Parameters.Where(row => row.Parameter is "proportion" or "logodds"))
        {
            csv.Field(ClassName(row.Class));
            csv.Field(row.Parameter);
            csv.Field(row.Term);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Lower);
            csv.Field(row.Upper);
            csv.EndRecord();
        }
    }

    private static void WriteClasses(Stream stream, MixtureFit fit, Func<int, string> rowName)
    {
        int[] likeliest = fit.LikeliestClasses();
        using CsvWriter header = new(stream);
        header.Field(fit.UnitNames is null ? "row" : "level");
        for (int k = 1; k <= fit.Classes; k++)
            header.Field(FormattableString.Invariant($"p_{k}"));
        header.Field("class");
        header.EndRecord();
        header.Flush();
        ParallelRows.Write(stream, likeliest.Length, fit.Options.Threads, (csv, unit) =>
        {
            csv.Field(fit.UnitNames is null ? rowName(fit.RowNumbers[unit]) : fit.UnitNames[unit]);
            for (int k = 0; k < fit.Classes; k++)
                csv.Field(fit.Posterior[unit * fit.Classes + k]);
            csv.Field(likeliest[unit] + 1);
            csv.EndRecord();
        });
    }

    private static string ClassName(int ofClass) => ofClass == 0 ? "" : ofClass.ToString(CultureInfo.InvariantCulture);
}
