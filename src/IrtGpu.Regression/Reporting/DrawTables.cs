using System.Text.Json;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Regression.Reporting;

/// <summary>The files of draws of a regression.</summary>
internal static class DrawTables
{
    private const string Effects = "draws-effects.csv";
    private const string Classes = "draws-classes.csv";
    private const string Validation = "loo.csv";
    private const string Predictive = "predictive.csv";

    /// <summary>Adds them to a set of results, or retires those of an earlier run.</summary>
    /// <param name="files">The set.</param>
    /// <param name="draws">The draws; null: there are none.</param>
    /// <param name="rowName">Names of the rows used, by position among them.</param>
    /// <param name="unitNames">Names of the units of classes; null: they are rows.</param>
    public static void AddTo(ResultSet files, RegressionDraws? draws, Func<int, string> rowName, IReadOnlyList<string>? unitNames)
    {
        DrawFiles.AddTo(files, draws?.Parameters);
        AddWhere(draws?.Effects.Count > 0, Effects, stream => WriteEffects(stream, draws!));
        AddWhere(draws?.ClassProbability.Length > 0, Classes, stream => WriteClasses(stream, draws!, unit => unitNames is null ? rowName(unit) : unitNames[unit], unitNames is null ? "row" : "level"));
        AddWhere(draws?.CrossValidation is not null, Validation, stream => WriteValidation(stream, draws!.CrossValidation!, rowName, unitNames));
        AddWhere(draws?.Predictive.Count > 0, Predictive, stream => WritePredictive(stream, draws!, rowName));

        void AddWhere(bool isWanted, string name, Action<Stream> write)
        {
            if (isWanted)
                files.Add(name, write);
            else
                files.Retire(name);
        }
    }

    /// <summary>Writes <c>draws</c> and <c>loo</c> of <c>fit.json</c>; nothing without draws.</summary>
    public static void WriteSummary(Utf8JsonWriter json, RegressionDraws? draws)
    {
        if (draws is null)
            return;
        json.Field("draws", SamplerSummary.Of(draws.Parameters), SamplerSummary.Write);
        if (draws.CrossValidation is not { } validation)
            return;
        json.WriteStartObject("loo");
        json.Field("unit", validation.Unit);
        json.Field("pieces", validation.Elpd.Length);
        json.Field("elpd", JsonSettings.Finite(validation.Total));
        json.Field("se", JsonSettings.Finite(validation.Error));
        json.Field("effectiveParameters", JsonSettings.Finite(validation.EffectiveParameters));
        json.Field("paretoThreshold", validation.Threshold);
        json.Field("unreliable", validation.UnreliableCount);
        json.WriteEndObject();
    }

    private static void WriteEffects(Stream stream, RegressionDraws draws)
    {
        using CsvWriter csv = new(stream);
        csv.Record("group", "level", "term", "estimate", "est_error", "lower", "upper", "rhat", "bulk_ess", "tail_ess");
        foreach (DrawnEffect effect in draws.Effects)
        {
            csv.Field(effect.Group);
            csv.Field(effect.Level);
            csv.Field(effect.Term);
            csv.Field(effect.Summary.Estimate);
            csv.Field(effect.Summary.Error);
            csv.Field(effect.Summary.Lower);
            csv.Field(effect.Summary.Upper);
            csv.Field(effect.Summary.RHat);
            csv.Field(effect.Summary.BulkSize);
            csv.Field(effect.Summary.TailSize);
            csv.EndRecord();
        }
    }

    private static void WriteClasses(Stream stream, RegressionDraws draws, Func<int, string> unitName, string header)
    {
        int classes = draws.ClassCount;
        using CsvWriter csv = new(stream);
        csv.Record([header, .. Enumerable.Range(1, classes).Select(k => FormattableString.Invariant($"p_{k}")), "class"]);
        for (int unit = 0; unit < draws.ClassProbability.Length / classes; unit++)
        {
            ReadOnlySpan<double> own = draws.ClassProbability.AsSpan(unit * classes, classes);
            csv.Field(unitName(unit));
            foreach (double probability in own)
                csv.Field(probability);
            csv.Field(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(own) + 1);
            csv.EndRecord();
        }
    }

    private static void WriteValidation(Stream stream, CrossValidation validation, Func<int, string> rowName, IReadOnlyList<string>? unitNames)
    {
        bool isOfRows = validation.Unit == CrossValidation.RowUnit;
        using CsvWriter csv = new(stream);
        csv.Record(isOfRows ? "row" : "level", "elpd", "pareto_k");
        for (int piece = 0; piece < validation.Elpd.Length; piece++)
        {
            csv.Field(isOfRows ? rowName(piece) : validation.PieceNames is { Count: > 0 } names ? names[piece] : unitNames![piece]);
            csv.Field(validation.Elpd[piece]);
            csv.Field(validation.ParetoShape[piece]);
            csv.EndRecord();
        }
    }

    private static void WritePredictive(Stream stream, RegressionDraws draws, Func<int, string> rowName)
    {
        using CsvWriter csv = new(stream);
        csv.Record(["row", .. Enumerable.Range(1, draws.Predictive.Count).Select(set => FormattableString.Invariant($"y_{set}"))]);
        for (int row = 0; row < draws.Predictive[0].Length; row++)
        {
            csv.Field(rowName(row));
            foreach (double[] set in draws.Predictive)
                csv.Field(set[row]);
            csv.EndRecord();
        }
    }
}
