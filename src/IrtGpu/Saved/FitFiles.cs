using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables.Fit;

namespace IrtGpu.Saved;

/// <summary>Writes how a model fits.</summary>
public static class FitFiles
{
    /// <summary>Name of the file that says how the whole model fits.</summary>
    public const string ModelFitName = "model-fit.json";

    /// <summary>Writes every table to a folder as a set of its own.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="report">How the model fits.</param>
    /// <param name="data">The persons.</param>
    /// <param name="patternOfPerson">Pattern of each person. [person]</param>
    /// <param name="threads">Number of threads that format; 0: all processors.</param>
    /// <param name="arguments">Arguments of the run, kept in <c>run.json</c>.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="OutputException">A file cannot be written; the set that was there stays as it was.</exception>
    public static IReadOnlyList<string> Write(
        OutputFolder folder, FitReport report, ResponseData data, int[] patternOfPerson, int threads, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(data);
        using ResultSet files = new(folder, ModelFitName);
        AddTo(files, report, data, patternOfPerson, threads);
        return files.Commit(json =>
        {
            json.Field("programVersion", FitSummary.ProgramVersion);
            json.Field("arguments", arguments);
            json.Field("inputSha256", data.Sha256);
        });
    }

    /// <summary>Adds the tables to a set, and lets go what an earlier run left of those that there are not.</summary>
    /// <param name="files">The set.</param>
    /// <param name="report">How the model fits; null: nothing of it was asked for.</param>
    /// <param name="data">The persons.</param>
    /// <param name="patternOfPerson">Pattern of each person. [person]</param>
    /// <param name="threads">Number of threads that format; 0: all processors.</param>
    internal static void AddTo(ResultSet files, FitReport? report, ResponseData data, int[] patternOfPerson, int threads)
    {
        Add(ModelFitName, report, ModelFitDocument.Write);
        Add("item-fit.csv", report?.Items, (stream, items) => ItemFitTable.Write(stream, report!.Plan, items));
        Add("rmsd.csv", report?.Deviations, (stream, rows) => DeviationTable.Write(stream, report!.Plan, rows));
        Add("local-dependence.csv", report?.Pairs, (stream, pairs) => LocalDependenceTable.Write(stream, report!.Plan, pairs));
        Add("person-fit.csv", report?.Persons, (stream, persons) => PersonFitTable.Write(stream, report!.Plan, data, patternOfPerson, persons, threads));
        Add("sum-scores.csv", report?.SumScores, (stream, tables) => SumScoreTable.Write(stream, report!.Plan, tables));
        Add("classification.csv", report?.Classification, (stream, rows) => ClassificationTable.Write(stream, report!.Plan, rows));
        Add("test-information.csv", report?.Information, (stream, curves) => InformationTable.WriteTest(stream, report!.Plan, curves));
        Add("item-information.csv", report?.Information, (stream, curves) => InformationTable.WriteItems(stream, report!.Plan, curves));

        void Add<T>(string name, T? content, Action<Stream, T> write)
            where T : class
        {
            if (content is null)
                files.Retire(name);
            else
                files.Add(name, stream => write(stream, content));
        }
    }
}
