using IrtGpu.Data;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Scoring;

namespace IrtGpu.Reporting.Tables.Persons;

/// <summary>Tables of point estimates and of plausible values, one row a person, in the order of the input.</summary>
public static class PersonEstimateTable
{
    /// <summary>Writes <c>id,group,answered,PREFIX_NAME…,se_NAME…,note</c>; fields without an estimate are empty and the note says why.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names of attributes.</param>
    /// <param name="data">The persons.</param>
    /// <param name="patternOfPerson">Pattern of each person. [person]</param>
    /// <param name="estimates">Estimates of the patterns.</param>
    /// <param name="prefix"><c>ml</c>, <c>map</c> or <c>wle</c>.</param>
    /// <param name="threads">Number of threads that format; 0: all processors. The bytes do not depend on it.</param>
    public static void Write(
        Stream stream, CalibrationPlan plan, ResponseData data, int[] patternOfPerson, PersonEstimates estimates, string prefix, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(patternOfPerson);
        ArgumentNullException.ThrowIfNull(estimates);
        using CsvWriter csv = new(stream);
        PersonColumns persons = new(data);
        PersonColumns.WriteHeader(csv);
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field($"{prefix}_{attribute}");
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field($"se_{attribute}");
        csv.Record("note");
        csv.Flush();
        ParallelRows.Write(stream, data.PersonCount, threads, (rows, person) =>
        {
            int first = patternOfPerson[person] * estimates.AttributeCount;
            int group = data.Groups?[person] ?? 0;
            persons.Write(rows, person);
            for (int j = 0; j < estimates.AttributeCount; j++)
                rows.Field(plan.Measured.Has(group, j) ? estimates.Theta[first + j] : double.NaN);
            for (int j = 0; j < estimates.AttributeCount; j++)
                rows.Field(plan.Measured.Has(group, j) ? estimates.StandardErrors[first + j] : double.NaN);
            rows.Record(estimates.Notes[patternOfPerson[person]]);
        });
    }

    /// <summary>Writes <c>id,group,answered,pv1_NAME…,pv2_NAME…</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names of attributes.</param>
    /// <param name="data">The persons.</param>
    /// <param name="values">Draws. [person, draw, attribute]</param>
    /// <param name="threads">Number of threads that format; 0: all processors. The bytes do not depend on it.</param>
    public static void WritePlausibleValues(Stream stream, CalibrationPlan plan, ResponseData data, double[] values, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(values);
        using CsvWriter csv = new(stream);
        PersonColumns persons = new(data);
        PersonColumns.WriteHeader(csv);
        int perPerson = values.Length / data.PersonCount;
        for (int draw = 1; draw <= perPerson / plan.AttributeCount; draw++)
        {
            foreach (string attribute in plan.Specification.Attributes)
                csv.Field(FormattableString.Invariant($"pv{draw}_{attribute}"));
        }
        csv.EndRecord();
        csv.Flush();
        ParallelRows.Write(stream, data.PersonCount, threads, (rows, person) =>
        {
            int group = data.Groups?[person] ?? 0;
            persons.Write(rows, person);
            for (int k = 0; k < perPerson; k++)
                rows.Field(plan.Measured.Has(group, k % plan.AttributeCount) ? values[person * perPerson + k] : double.NaN);
            rows.EndRecord();
        });
    }
}
