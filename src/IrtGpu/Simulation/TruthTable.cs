using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Simulation;

/// <summary>Writes what simulated persons were drawn from: <c>group,class,theta…</c> by attribute name.</summary>
public static class TruthTable
{
    /// <summary>Writes it, one row a person, in the order of the responses.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="drawn">The persons.</param>
    public static void Write(Stream stream, CalibrationPlan plan, SimulatedResponses drawn)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(drawn);
        using CsvWriter csv = new(stream);
        csv.Field("group");
        csv.Field("class");
        csv.Record([.. plan.Specification.Attributes]);
        for (int person = 0; person < drawn.Data.PersonCount; person++)
        {
            csv.Field(plan.GroupCount > 1 ? plan.Shape.GroupNames[drawn.Data.Groups![person]] : "");
            csv.Field(plan.ClassCount > 1 ? plan.ClassNames[drawn.Classes[person]] : "");
            for (int j = 0; j < plan.AttributeCount; j++)
                csv.Field(drawn.Theta[person * plan.AttributeCount + j]);
            csv.EndRecord();
        }
    }
}
