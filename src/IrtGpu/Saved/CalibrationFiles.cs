using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;
using IrtGpu.Scoring;

namespace IrtGpu.Saved;

/// <summary>Writes the results of a calibration.</summary>
public static class CalibrationFiles
{
    /// <summary>Writes every table and summary to the folder; <c>calibration.json</c> last, so that it stands for a complete set.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="result">The result.</param>
    /// <param name="fit">Its summary.</param>
    /// <param name="arguments">Arguments of the run, kept in <c>calibration.json</c>.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="OutputException">A file cannot be written; it is then not there, or as it was before.</exception>
    public static IReadOnlyList<string> Write(OutputFolder folder, CalibrationResult result, FitSummary fit, IReadOnlyList<string>? arguments = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(fit);
        SavedCalibration saved = SavedCalibration.Of(result, fit, arguments);
        List<string> names = [];
        void Write(string name, Action<Stream> write)
        {
            folder.Write(name, write);
            names.Add(name);
        }
        Write("items.csv", stream => ItemTable.Write(stream, saved.Items));
        Write("items-irt.csv", stream => IrtTable.Write(stream, IrtTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors)));
        Write("population.csv", stream => PopulationTable.Write(stream, saved.Population));
        if (result.Scores is { } scores)
        {
            Write("scores.csv", stream =>
                ScoreTable.Write(stream, result.Plan, result.Data, result.Patterns.PatternOfPerson, scores, result.Options.Scores, result.Threads));
            Write("score-summary.csv", stream =>
                ScoreSummaryTable.Write(stream, result.Plan, ScoreSummary.Of(result.Plan, result.Patterns, scores)));
        }
        else
        {
            folder.Remove("scores.csv");
            folder.Remove("score-summary.csv");
        }
        if (result.Rotations.Count > 0)
        {
            Write("rotation.csv", stream => RotationTable.Write(stream, result.Plan, result.Rotations));
            Write("rotation.json", stream => RotationTable.WriteJson(stream, result.Rotations));
        }
        else
        {
            folder.Remove("rotation.csv");
            folder.Remove("rotation.json");
        }
        Write("trace.csv", stream => TraceTable.Write(stream, result.History));
        Write("fit.json", fit.Write);
        Write("calibration.json", saved.Write);
        return names;
    }
}
