using IrtGpu.Fit;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The table <c>rmsd.csv</c>: how far the curves of each group's data lie from the model's.</summary>
public static class DeviationTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<ItemDeviation> rows)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(rows);
        using CsvWriter csv = new(stream);
        csv.Record("group", "item", "rmsd", "rmsd_corrected", "md", "persons");
        foreach (ItemDeviation row in rows)
        {
            csv.Field(FitLabels.Group(plan, row.Group));
            csv.Field(plan.Items[row.Item].Name);
            csv.Field(row.Deviation.Rmsd);
            csv.Field(row.Deviation.Corrected);
            csv.Field(row.Deviation.Md);
            csv.Field(row.Deviation.Persons);
            csv.EndRecord();
        }
    }
}
