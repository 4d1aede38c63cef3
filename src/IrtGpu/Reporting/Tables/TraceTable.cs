using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Reporting.Tables;

/// <summary>The table <c>trace.csv</c>: one row a cycle.</summary>
public static class TraceTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="history">The cycles.</param>
    public static void Write(Stream stream, IReadOnlyList<IterationRecord> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        using CsvWriter csv = new(stream);
        csv.Record("cycle", "deviance", "change", "largest_change", "parameter", "step", "seconds");
        foreach (IterationRecord record in history)
        {
            csv.Field(record.Cycle);
            csv.Field(record.Deviance);
            csv.Field(record.Change);
            csv.Field(record.LargestChange);
            csv.Field(record.Parameter);
            csv.Field(record.Step);
            csv.Field(record.Seconds);
            csv.EndRecord();
        }
    }
}
