using IrtGpu.Fit.LocalDependence;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The table <c>local-dependence.csv</c>: pairs of items, the most dependent first.</summary>
public static class LocalDependenceTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="pairs">The rows.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<PairTest> pairs)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(pairs);
        using CsvWriter csv = new(stream);
        csv.Record(
            "item", "item2", "q3", "aq3", "ldx2", "ldx2_df", "ldx2_p", "ldx2_p_corrected", "ldg2", "ldx2_z", "q3_wle", "persons", "group");
        foreach (PairTest pair in pairs)
        {
            csv.Field(plan.Items[pair.First].Name);
            csv.Field(plan.Items[pair.Second].Name);
            csv.Field(pair.Q3);
            csv.Field(pair.AdjustedQ3);
            csv.Field(pair.X2);
            csv.Field(double.IsNaN(pair.X2) ? null : pair.Df);
            csv.Field(pair.P);
            csv.Field(pair.CorrectedP);
            csv.Field(pair.G2);
            csv.Field(pair.Standardized);
            csv.Field(pair.Q3AtWle);
            csv.Field(double.IsNaN(pair.X2) ? null : pair.Persons);
            csv.Field(FitLabels.Group(plan, pair.Group));
            csv.EndRecord();
        }
    }
}
