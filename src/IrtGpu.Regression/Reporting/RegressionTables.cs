using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Prediction;

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
        using CsvWriter header = new(stream);
        header.Record("row", "fitted", "residual");
        header.Flush();
        ParallelRows.Write(stream, scores.Fitted.Length, threads, (csv, row) =>
        {
            csv.Field(names is null ? (row + 1).ToString(CultureInfo.InvariantCulture) : names.Texts[row]);
            csv.Field(scores.Fitted[row]);
            csv.Field(scores.Residual[row]);
            csv.EndRecord();
        });
    }

    /// <summary>Writes the table with its response replaced by the drawn one, or the drawn one behind it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="simulated">The drawn response.</param>
    /// <param name="data">The table.</param>
    /// <param name="threads">Threads; 0: all processors.</param>
    public static void WriteSimulated(Stream stream, SimulatedRegression simulated, DataTable data, int threads)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        ArgumentNullException.ThrowIfNull(data);
        bool isReplaced = data.Columns.Any(column => column.Name == simulated.ResponseName);
        using CsvWriter header = new(stream);
        foreach (DataColumn column in data.Columns)
            header.Field(column.Name);
        if (!isReplaced)
            header.Field(simulated.ResponseName);
        header.EndRecord();
        header.Flush();
        ParallelRows.Write(stream, data.RowCount, threads, (csv, row) =>
        {
            foreach (DataColumn column in data.Columns)
            {
                if (column.Name == simulated.ResponseName)
                    csv.Field(simulated.Response[row]);
                else
                    csv.Field(column.Texts[row]);
            }
            if (!isReplaced)
                csv.Field(simulated.Response[row]);
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
}
