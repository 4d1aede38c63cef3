using System.Text;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Persons;

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
    /// <param name="threads">Number of threads that format; 0: all processors. The bytes do not depend on it.</param>
    public static void Write(
        Stream stream, CalibrationPlan plan, ResponseData data, int[] patternOfPerson, PatternScores scores, ScoreMethod method, int threads = 0)
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
        byte[][] classNames = [.. plan.ClassNames.Select(Encoding.UTF8.GetBytes)];
        ParallelRows.Write(stream, data.PersonCount, threads, (rows, person) =>
        {
            int pattern = patternOfPerson[person];
            persons.Write(rows, person);
            int group = data.Groups?[person] ?? 0;
            for (int j = 0; j < scores.AttributeCount; j++)
                rows.Field(plan.Measured.Has(group, j) ? points[pattern * scores.AttributeCount + j] : double.NaN);
            for (int j = 0; j < scores.AttributeCount; j++)
                rows.Field(plan.Measured.Has(group, j) ? scores.StandardDeviation(pattern, j) : double.NaN);
            if (scores.ClassCount > 1)
                WriteClasses(rows, classNames, scores.ClassProbability.AsSpan(pattern * scores.ClassCount, scores.ClassCount));
            rows.EndRecord();
        });
    }

    private static void WriteClasses(CsvWriter csv, byte[][] names, ReadOnlySpan<double> probabilities)
    {
        int largest = 0;
        for (int k = 1; k < probabilities.Length; k++)
        {
            if (probabilities[k] > probabilities[largest])
                largest = k;
        }
        csv.Field(names[largest]);
        foreach (double probability in probabilities)
            csv.Field(probability);
    }
}
