using IrtGpu.Compute;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Scoring.Information;

namespace IrtGpu.Reporting.Tables.Persons;

/// <summary>The table <c>score-summary.csv</c>: moments of the EAP scores by observed group and latent class.</summary>
/// <remarks>
/// <c>parameter</c> is <c>weight</c>, <c>mean</c>, <c>variance</c>, <c>posterior-variance</c>, <c>reliability</c> (empirical),
/// <c>eap-reliability</c> (variance of the EAPs over that of the population), <c>marginal-reliability</c> (of the test, from its information),
/// <c>covariance</c> or <c>correlation</c>; an empty class means all classes together, which have the last two reliabilities only where there is one.
/// </remarks>
public static class ScoreSummaryTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="point">The estimates.</param>
    /// <param name="summaries">The summaries.</param>
    public static void Write(Stream stream, ModelPoint point, IReadOnlyList<ScoreSummary> summaries)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(summaries);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "parameter", "attribute", "attribute2", "estimate");
        foreach (ScoreSummary summary in summaries)
            Write(csv, point, summary);
    }

    private static void Write(CsvWriter csv, ModelPoint point, ScoreSummary summary)
    {
        CalibrationPlan plan = point.Plan;
        PlannedBlock? block = summary.Class >= 0 || plan.ClassCount == 1 ? plan.Blocks[summary.Group * plan.ClassCount + Math.Max(0, summary.Class)] : null;
        double[]? marginal = block is null ? null : MarginalReliability.Of(point, block);
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
            if (block is null)
                continue;
            if (point.Shifts is null)
                Row("eap-reliability", names[j], "", summary.Variance(j) / point.Parameters.Slots[block.CovarianceSlot(j, j)]);
            if (!double.IsNaN(marginal![j]))
                Row("marginal-reliability", names[j], "", marginal[j]);
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
