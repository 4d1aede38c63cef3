using IrtGpu.Data;
using IrtGpu.Fit.Items;
using IrtGpu.Fit.Persons;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables.Persons;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The table <c>person-fit.csv</c>: one row a person, in the order of the input.</summary>
public static class PersonFitTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="data">The persons.</param>
    /// <param name="patternOfPerson">Pattern of each person. [person]</param>
    /// <param name="fit">Fit of the patterns.</param>
    /// <param name="threads">Number of threads that format; 0: all processors. The bytes do not depend on it.</param>
    public static void Write(Stream stream, CalibrationPlan plan, ResponseData data, int[] patternOfPerson, PersonFit fit, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(patternOfPerson);
        ArgumentNullException.ThrowIfNull(fit);
        using CsvWriter csv = new(stream);
        PersonColumns persons = new(data);
        PersonColumns.WriteHeader(csv);
        csv.Field("estimator");
        foreach (string attribute in plan.Specification.Attributes)
            csv.Field($"theta_{attribute}");
        csv.Record("lz", "lz_star", "infit", "infit_z", "outfit", "outfit_z", "note");
        csv.Flush();
        ParallelRows.Write(stream, data.PersonCount, threads, (rows, person) =>
        {
            int pattern = patternOfPerson[person];
            persons.Write(rows, person);
            rows.Field(fit.Estimator);
            for (int j = 0; j < fit.AttributeCount; j++)
                rows.Field(fit.Theta[pattern * fit.AttributeCount + j]);
            rows.Field(fit.Lz[pattern]);
            rows.Field(fit.LzStar[pattern]);
            MeanSquares squares = fit.MeanSquares[pattern];
            rows.Field(squares.Infit);
            rows.Field(squares.InfitZ);
            rows.Field(squares.Outfit);
            rows.Field(squares.OutfitZ);
            rows.Record(fit.Notes[pattern]);
        });
    }
}
