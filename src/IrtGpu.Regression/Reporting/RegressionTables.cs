using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Prediction;
using IrtGpu.Regression.Reporting.Common;

namespace IrtGpu.Regression.Reporting;

/// <summary>Tables of scored rows and of drawn responses.</summary>
public static class RegressionTables
{
    /// <summary>Writes <c>row,fitted,residual</c>, a record for each row of the data.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="names">Column that names the rows; null: they are numbered.</param>
    /// <param name="threads">Threads; 0: all processors.</param>
    public static void WriteScores(Stream stream, RegressionScores scores, DataColumn? names, int threads)
    {
        ArgumentNullException.ThrowIfNull(scores);
        FittedTable.Write(stream, row => names is null ? (row + 1).ToString(CultureInfo.InvariantCulture) : names.Texts[row], scores.Fitted, scores.Residual, threads);
    }

    /// <summary>Writes <c>row,fitted,residual,p_1,…,class</c>, a record for each row of the data.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="names">Column that names the rows; null: they are numbered.</param>
    /// <param name="threads">Threads; 0: all processors.</param>
    public static void WriteScores(Stream stream, MixtureScores scores, DataColumn? names, int threads)
    {
        ArgumentNullException.ThrowIfNull(scores);
        int classes = scores.Classes;
        using CsvWriter header = new(stream);
        header.Record(["row", "fitted", "residual", .. Enumerable.Range(1, classes).Select(k => FormattableString.Invariant($"p_{k}")), "class"]);
        header.Flush();
        ParallelRows.Write(stream, scores.Fitted.Length, threads, (csv, row) =>
        {
            csv.Field(names is null ? (row + 1).ToString(CultureInfo.InvariantCulture) : names.Texts[row]);
            csv.Field(scores.Fitted[row]);
            csv.Field(scores.Residual[row]);
            ReadOnlySpan<double> own = scores.Probabilities.AsSpan(row * classes, classes);
            foreach (double probability in own)
                csv.Field(probability);
            csv.Field(double.IsNaN(own[0]) ? null : (double?)System.Numerics.Tensors.TensorPrimitives.IndexOfMax(own) + 1);
            csv.EndRecord();
        });
    }

    /// <summary>Writes the table with a response replaced by the drawn one, or the drawn one behind it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="responseName">Its name.</param>
    /// <param name="response">The drawn response. [row]</param>
    /// <param name="data">The table.</param>
    /// <param name="threads">Threads; 0: all processors.</param>
    public static void WriteSimulated(Stream stream, string responseName, double[] response, DataTable data, int threads)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(data);
        bool isReplaced = data.Columns.Any(column => column.Name == responseName);
        using CsvWriter header = new(stream);
        foreach (DataColumn column in data.Columns)
            header.Field(column.Name);
        if (!isReplaced)
            header.Field(responseName);
        header.EndRecord();
        header.Flush();
        ParallelRows.Write(stream, data.RowCount, threads, (csv, row) =>
        {
            foreach (DataColumn column in data.Columns)
            {
                if (column.Name == responseName)
                    csv.Field(response[row]);
                else
                    csv.Field(column.Texts[row]);
            }
            if (!isReplaced)
                csv.Field(response[row]);
            csv.EndRecord();
        });
    }

    /// <summary>Writes the effects that were drawn: <c>group,level,term,value</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="simulated">What was drawn.</param>
    public static void WriteEffects(Stream stream, SimulatedRegression simulated)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        using CsvWriter csv = new(stream);
        csv.Record("group", "level", "term", "value");
        foreach (PredictedEffects effects in simulated.Effects)
        {
            for (int index = 0; index < effects.Values.Length; index++)
            {
                csv.Field(effects.Group);
                csv.Field(effects.Levels[index / effects.Effects.Count]);
                csv.Field(effects.Effects[index % effects.Effects.Count]);
                csv.Field(effects.Values[index]);
                csv.EndRecord();
            }
        }
    }

    /// <summary>Writes the classes that rows were drawn from: <c>row,class</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="simulated">What was drawn.</param>
    public static void WriteClasses(Stream stream, SimulatedMixture simulated)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        using CsvWriter csv = new(stream);
        csv.Record("row", "class");
        for (int row = 0; row < simulated.ClassOfRow.Length; row++)
        {
            csv.Field(row + 1);
            csv.Field(simulated.ClassOfRow[row] > 0 ? (double?)simulated.ClassOfRow[row] : null);
            csv.EndRecord();
        }
    }

    /// <summary>Writes the parameters that a response was drawn with: <c>parameter,value</c>; effects of levels behind them.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="simulated">What was drawn.</param>
    public static void WriteParameters(Stream stream, SimulatedMixture simulated)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        using CsvWriter csv = new(stream);
        csv.Record("parameter", "level", "value");
        foreach ((string name, double value) in simulated.Parameters)
        {
            csv.Field(name);
            csv.Field("");
            csv.Field(value);
            csv.EndRecord();
        }
        foreach (Mixtures.ClassEffectPredictions predictions in simulated.Effects)
        {
            PredictedEffects effects = predictions.Effects;
            for (int index = 0; index < effects.Values.Length; index++)
            {
                csv.Field($"u:{effects.Group}:{effects.Effects[index % effects.Effects.Count]}{(predictions.Class > 0 ? FormattableString.Invariant($":class{predictions.Class}") : "")}");
                csv.Field(effects.Levels[index / effects.Effects.Count]);
                csv.Field(effects.Values[index]);
                csv.EndRecord();
            }
        }
    }
}
