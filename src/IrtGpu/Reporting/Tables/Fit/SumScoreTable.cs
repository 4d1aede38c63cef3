using IrtGpu.Fit.Information;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The table <c>sum-scores.csv</c>: posterior mean and standard deviation for each sum score over all items of a group.</summary>
public static class SumScoreTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="tables">One a group.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<SumScoreEap> tables)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(tables);
        using CsvWriter csv = new(stream);
        csv.Field("group");
        csv.Field("score");
        csv.Field("probability");
        csv.Field("observed");
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field($"eap_{attribute}");
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field($"sd_{attribute}");
        csv.EndRecord();
        foreach (SumScoreEap table in tables)
        {
            for (int score = 0; score < table.Probability.Length; score++)
            {
                csv.Field(FitLabels.Group(plan, table.Group));
                csv.Field(score);
                csv.Field(table.Probability[score]);
                csv.Field(table.Observed[score]);
                for (int j = 0; j < table.AttributeCount; j++)
                    csv.Field(plan.Measured.Has(table.Group, j) ? table.Mean[score * table.AttributeCount + j] : double.NaN);
                for (int j = 0; j < table.AttributeCount; j++)
                    csv.Field(plan.Measured.Has(table.Group, j) ? table.StandardDeviation[score * table.AttributeCount + j] : double.NaN);
                csv.EndRecord();
            }
        }
    }
}
