using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Scoring;

namespace IrtGpu.Reporting;

/// <summary>The table <c>scores.csv</c>: one row a person, in the order of the input.</summary>
public static class ScoreTable
{
    /// <summary>Writes EAP or MAP scores with posterior standard deviations and, with classes, memberships.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names of attributes and classes.</param>
    /// <param name="data">The persons.</param>
    /// <param name="patternOfPerson">Pattern of each person. [person]</param>
    /// <param name="scores">Posterior summaries of the patterns.</param>
    /// <param name="method">Which point estimate to write.</param>
    public static void Write(
        Stream stream, CalibrationPlan plan, ResponseData data, int[] patternOfPerson, PatternScores scores, ScoreMethod method)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(patternOfPerson);
        ArgumentNullException.ThrowIfNull(scores);
        using CsvWriter csv = new(stream);
        PersonColumns persons = new(data);
        PersonColumns.WriteHeader(csv);
        string prefix = method == ScoreMethod.Map ? "map_" : "eap_";
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field(prefix + attribute);
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field("sd_" + attribute);
        if (scores.ClassCount > 1)
        {
            csv.Field("class");
            PersonColumns.WriteNumbered(csv, "p_", scores.ClassCount);
        }
        csv.EndRecord();

        double[] points = method == ScoreMethod.Map ? scores.MapTheta : scores.Mean;
        csv.Flush();
        ParallelRows.Write(stream, data.PersonCount, (rows, person) =>
        {
            int pattern = patternOfPerson[person];
            persons.Write(rows, person);
            for (int j = 0; j < scores.AttributeCount; j++)
                rows.Field(points[pattern * scores.AttributeCount + j]);
            for (int j = 0; j < scores.AttributeCount; j++)
                rows.Field(scores.StandardDeviation(pattern, j));
            if (scores.ClassCount > 1)
                WriteClasses(rows, plan, scores.ClassProbability.AsSpan(pattern * scores.ClassCount, scores.ClassCount));
            rows.EndRecord();
        });
    }

    private static void WriteClasses(CsvWriter csv, CalibrationPlan plan, ReadOnlySpan<double> probabilities)
    {
        int largest = 0;
        for (int k = 1; k < probabilities.Length; k++)
        {
            if (probabilities[k] > probabilities[largest])
                largest = k;
        }
        csv.Field(plan.ClassNames[largest]);
        foreach (double probability in probabilities)
            csv.Field(probability);
    }
}
