using IrtGpu.Fit.Information;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The table <c>classification.csv</c>: a row for each group, measure and cut score, and for all cut scores at once.</summary>
public static class ClassificationTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<ClassificationAgreement> rows)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(rows);
        using CsvWriter csv = new(stream);
        csv.Record("group", "measure", "cut", "theta_cut", "score_cut", "accuracy", "false_positive", "false_negative", "consistency", "chance", "kappa");
        foreach (ClassificationAgreement row in rows)
        {
            csv.Field(FitLabels.Group(plan, row.Group));
            csv.Field(NameOf(row.Measure));
            csv.Field(row.Cut < 0 ? "all" : FormattableString.Invariant($"{row.Cut + 1}"));
            csv.Field(row.ThetaCut);
            csv.Field(row.ScoreCut);
            csv.Field(row.Accuracy);
            csv.Field(row.FalsePositive);
            csv.Field(row.FalseNegative);
            csv.Field(row.Consistency);
            csv.Field(row.Chance);
            csv.Field(row.Kappa);
            csv.EndRecord();
        }
    }

    /// <summary>As the table and the report name a measure.</summary>
    /// <param name="measure">The measure.</param>
    public static string NameOf(ClassificationMeasure measure) => measure switch
    {
        ClassificationMeasure.Theta => "theta",
        ClassificationMeasure.SumScore => "sum_score",
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "There is no such measure."),
    };
}
