using IrtGpu.Fit;
using IrtGpu.Fit.Curves;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;
using IrtGpu.Reporting.Tables.Curves;
using IrtGpu.Reporting.Tables.Fit;
using IrtGpu.Reporting.Tables.Persons;
using IrtGpu.Scoring;

namespace IrtGpu.Saved;

/// <summary>Writes the results of a calibration.</summary>
public static class CalibrationFiles
{
    /// <summary>Writes every table and summary to the folder as one set, which <c>run.json</c> lists and closes.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="result">The result.</param>
    /// <param name="fit">Its summary.</param>
    /// <param name="arguments">Arguments of the run, kept in <c>calibration.json</c>.</param>
    /// <param name="statistics">How the model fits; null: not asked for.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="OutputException">A file cannot be written; the set that was there stays as it was.</exception>
    public static IReadOnlyList<string> Write(OutputFolder folder, CalibrationResult result, FitSummary fit, IReadOnlyList<string>? arguments = null, FitReport? statistics = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(fit);
        SavedCalibration saved = SavedCalibration.Of(result, fit, arguments);
        using ResultSet files = new(folder, SavedCalibration.FileName);
        files.Add("items.csv", stream => ItemTable.Write(stream, saved.Items));
        files.Add("items-irt.csv", stream => IrtTable.Write(stream, IrtTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors)));
        files.Add("population.csv", stream => PopulationTable.Write(stream, saved.Population));
        if (result.Scores is { } scores)
        {
            files.Add("scores.csv", stream =>
                ScoreTable.Write(stream, result.Plan, result.Data, result.Patterns.PatternOfPerson, scores, result.Options.Scores, result.Threads));
            files.Add("score-summary.csv", stream =>
                ScoreSummaryTable.Write(stream, result.Point, ScoreSummary.Of(result.Plan, result.Patterns, scores)));
            double[] points = result.Options.Scores == ScoreMethod.Map ? scores.MapTheta : scores.Mean;
            files.Add("score-distribution.csv", stream =>
                ScoreDistributionTable.Write(stream, result.Plan, ScoreDistribution.Of(result.Plan, result.Patterns, points)));
        }
        else
        {
            files.Retire("scores.csv");
            files.Retire("score-summary.csv");
            files.Retire("score-distribution.csv");
        }
        ObservedCurves observed = ObservedCurves.Of(result.Point, result.Patterns, result.Threads);
        files.Add("item-categories.csv", stream => ItemCategoryTable.Write(stream, result.Plan, result.Patterns, observed.Curves));
        if (observed.Curves.Count > 0)
            files.Add("observed-curves.csv", stream => ObservedCurveTable.Write(stream, result.Plan, observed.Curves));
        else
            files.Retire("observed-curves.csv");
        if (result.Rotations.Count > 0)
        {
            files.Add("rotation.csv", stream => RotationTable.Write(stream, result.Plan, result.Rotations));
            files.Add("rotation.json", stream => RotationTable.WriteJson(stream, result.Rotations));
        }
        else
        {
            files.Retire("rotation.csv");
            files.Retire("rotation.json");
        }
        FitFiles.AddTo(files, statistics, result.Data, result.Patterns.PatternOfPerson, result.Threads);
        if (statistics?.Deviations is null && observed.Deviations.Count > 0)
            files.Add("rmsd.csv", stream => DeviationTable.Write(stream, result.Plan, observed.Deviations));
        DrawFiles.AddTo(files, result.Draws);
        files.Add("trace.csv", stream => TraceTable.Write(stream, result.History));
        files.Add("fit.json", fit.Write);
        files.Add(SavedCalibration.FileName, saved.Write);
        return files.Commit(json =>
        {
            json.Field("programVersion", fit.Version);
            json.Field("arguments", arguments ?? []);
            json.Field("inputSha256", fit.InputSha256);
            json.Field("seed", fit.Seed);
            json.Field("device", fit.Device);
        });
    }
}
