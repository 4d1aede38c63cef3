using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Regression.Reporting.Common;

/// <summary><c>blups.csv</c>: predicted effects of every level.</summary>
internal static class PredictedTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="predictions">Predictions with the name of their class; empty where they are of all classes.</param>
    public static void Write(Stream stream, IEnumerable<(string Class, PredictedEffects Effects)> predictions)
    {
        using CsvWriter csv = new(stream);
        csv.Record("class", "group", "level", "term", "estimate", "sd", "prediction_sd");
        foreach ((string ofClass, PredictedEffects effects) in predictions)
        {
            for (int index = 0; index < effects.Values.Length; index++)
            {
                csv.Field(ofClass);
                csv.Field(effects.Group);
                csv.Field(effects.Levels[index / effects.Effects.Count]);
                csv.Field(effects.Effects[index % effects.Effects.Count]);
                csv.Field(effects.Values[index]);
                csv.Field(effects.ConditionalDeviations.Length > 0 ? effects.ConditionalDeviations[index] : null);
                csv.Field(effects.PredictionDeviations.Length > 0 ? effects.PredictionDeviations[index] : null);
                csv.EndRecord();
            }
        }
    }
}
