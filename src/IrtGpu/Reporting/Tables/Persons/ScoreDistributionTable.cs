using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables.Fit;
using IrtGpu.Scoring;

namespace IrtGpu.Reporting.Tables.Persons;

/// <summary>The table <c>score-distribution.csv</c>: persons by intervals of their score, so that a picture need not read every person.</summary>
public static class ScoreDistributionTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="distributions">One a group and attribute.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<ScoreDistribution> distributions)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(distributions);
        using CsvWriter csv = new(stream);
        csv.Record("group", "attribute", "low", "high", "persons");
        foreach (ScoreDistribution distribution in distributions)
        {
            for (int interval = 0; interval < distribution.Weight.Length; interval++)
            {
                (double low, double high) = distribution.Ends(interval);
                csv.Field(FitLabels.Group(plan, distribution.Group));
                csv.Field(plan.Specification.Attributes[distribution.Attribute]);
                csv.Field(low);
                csv.Field(high);
                csv.Field(distribution.Weight[interval]);
                csv.EndRecord();
            }
        }
    }
}
