using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Scoring;

namespace IrtGpu.Reporting.Tables.Persons;

/// <summary>The table <c>score-summary.csv</c>: moments of the EAP scores by observed group and latent class.</summary>
/// <remarks>
/// <c>parameter</c> is <c>weight</c>, <c>mean</c>, <c>variance</c>, <c>posterior-variance</c>, <c>reliability</c>, <c>covariance</c> or
/// <c>correlation</c>; an empty class means all classes together.
/// </remarks>
public static class ScoreSummaryTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="summaries">The summaries.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<ScoreSummary> summaries)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(summaries);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "parameter", "attribute", "attribute2", "estimate");
        foreach (ScoreSummary summary in summaries)
            Write(csv, plan, summary);
    }

    private static void Write(CsvWriter csv, CalibrationPlan plan, ScoreSummary summary)
    {
        IReadOnlyList<string> names = plan.Specification.Attributes;
        void Row(string parameter, string attribute, string attribute2, double value)
        {
            csv.Field(plan.GroupCount > 1 ? plan.Shape.GroupNames[summary.Group] : "");
            csv.Field(summary.Class >= 0 ? plan.ClassNames[summary.Class] : "");
            csv.Field(parameter);
            csv.Field(attribute);
            csv.Field(attribute2);
            csv.Field(value);
            csv.EndRecord();
        }
        Row("weight", "", "", summary.Weight);
        foreach (int j in plan.Measured.Of(summary.Group))
        {
            Row("mean", names[j], "", summary.Mean[j]);
            Row("variance", names[j], "", summary.Variance(j));
            Row("posterior-variance", names[j], "", summary.PosteriorVariance[j]);
            Row("reliability", names[j], "", summary.Reliability(j));
        }
        foreach (int j in plan.Measured.Of(summary.Group))
        {
            foreach (int k in plan.Measured.Of(summary.Group).Where(k => k < j))
            {
                Row("covariance", names[k], names[j], summary.Covariance[PackedTriangle.Index(j, k)]);
                Row("correlation", names[k], names[j], summary.Correlation(j, k));
            }
        }
    }
}
