using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Regression.Reporting.Common;

/// <summary><c>fitted.csv</c>: fitted values and residuals of the rows used.</summary>
internal static class FittedTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="rowNames">Names of the rows. [row]</param>
    /// <param name="fitted">Fitted values. [row]</param>
    /// <param name="residuals">Response less fitted value. [row]</param>
    /// <param name="threads">Threads; 0: all processors.</param>
    public static void Write(Stream stream, Func<int, string> rowNames, double[] fitted, double[] residuals, int threads)
    {
        using CsvWriter header = new(stream);
        header.Record("row", "fitted", "residual");
        header.Flush();
        ParallelRows.Write(stream, fitted.Length, threads, (csv, row) =>
        {
            csv.Field(rowNames(row));
            csv.Field(fitted[row]);
            csv.Field(residuals[row]);
            csv.EndRecord();
        });
    }
}
