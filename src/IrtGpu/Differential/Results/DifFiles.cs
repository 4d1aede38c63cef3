using System.Text;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;
using IrtGpu.Saved;

namespace IrtGpu.Differential.Results;

/// <summary>Writes what a scan found.</summary>
public static class DifFiles
{
    /// <summary>The file that readers open.</summary>
    public const string MainName = "dif.csv";

    /// <summary>Writes every table as one set.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="result">The scan.</param>
    /// <param name="arguments">Arguments of the run.</param>
    /// <returns>The names of the files.</returns>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(OutputFolder folder, DifResult result, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(result);
        using ResultSet files = new(folder, MainName);
        AddOrRetire(files, "dif-scores.csv", result.SumScoreTests.Count > 0, stream => WriteTests(stream, result.SumScoreTests));
        files.Add("population.csv", stream => PopulationTable.Write(stream, result.Partial is { } own
            ? PopulationTable.Build(own.Plan, own.Point.Parameters, own.StandardErrors)
            : PopulationTable.Build(result.First.Plan, result.First.Point.Parameters, result.First.StandardErrors)));
        AddOrRetire(files, "partial-invariance.csv", result.Partial is not null, stream => WriteReleased(stream, result.Released));
        SavedCalibration? partial = result.Partial is { } fit ? SavedCalibration.Of(fit, FitSummary.Of(fit, 0), arguments) : null;
        AddOrRetire(files, "items.csv", partial is not null, stream => ItemTable.Write(stream, partial!.Items));
        AddOrRetire(files, SavedCalibration.FileName, partial is not null, stream => partial!.Write(stream));
        files.Add("dif-report.txt", stream => stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', DifReport.Lines(result)) + "\n")));
        files.Add(MainName, stream => WriteTests(stream, result.Tests));
        return files.Commit(json =>
        {
            json.Field("programVersion", FitSummary.ProgramVersion);
            json.Field("arguments", arguments);
            json.Field("inputSha256", result.First.Data.Sha256);
            json.Field("seed", result.First.Options.Seed);
            json.Field("device", result.First.Device);
            json.Field("seconds", result.Seconds);
            json.Field("warnings", result.Warnings);
        });
    }

    private static void AddOrRetire(ResultSet files, string name, bool isWanted, Action<Stream> write)
    {
        if (isWanted)
            files.Add(name, write);
        else
            files.Retire(name);
    }

    private static void WriteTests(Stream stream, IReadOnlyList<ItemDif> tests)
    {
        using CsvWriter csv = new(stream);
        csv.Record(
            "item", "comparison", "statistic", "df", "p", "p_adjusted", "effect_signed", "effect_unsigned", "class", "method", "anchor", "mean_difference", "mean_magnitude", "rmsd",
            "delta", "delta_se", "reason");
        foreach (ItemDif test in tests)
        {
            csv.Field(test.Item);
            csv.Field(test.Comparison);
            csv.Field(test.Statistic);
            csv.Field((double?)test.Df);
            csv.Field(test.P);
            csv.Field(test.AdjustedP);
            csv.Field(test.EffectSigned);
            csv.Field(test.EffectUnsigned);
            csv.Field(test.Class);
            csv.Field(test.Method);
            csv.Field(test.IsAnchor ? "yes" : "no");
            csv.Field(test.MeanDifference);
            csv.Field(test.MeanMagnitude);
            csv.Field(test.Rmsd);
            csv.Field(test.Delta);
            csv.Field(test.DeltaError);
            csv.Field(test.Reason);
            csv.EndRecord();
        }
    }

    private static void WriteReleased(Stream stream, IReadOnlyList<ReleasedParameters> released)
    {
        using CsvWriter csv = new(stream);
        csv.Record("step", "item", "group", "rmsd", "loglikelihood", "gain");
        foreach (ReleasedParameters one in released)
        {
            csv.Field(one.Step);
            csv.Field(one.Item);
            csv.Field(one.Group);
            csv.Field(one.Rmsd);
            csv.Field(one.LogLikelihood);
            csv.Field(one.Gain);
            csv.EndRecord();
        }
    }
}
