using IrtGpu.Fit.Curves;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables.Fit;

namespace IrtGpu.Reporting.Tables.Curves;

/// <summary>The table <c>observed-curves.csv</c>: what persons of similar θ answered, and what the model expects of them.</summary>
public static class ObservedCurveTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names and codes.</param>
    /// <param name="curves">The curves.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<ObservedCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(curves);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "item", "category", "theta", "persons", "observed", "expected");
        foreach (ObservedCurve curve in curves)
        {
            int[] codes = plan.Shape.CategoryCodes[curve.Item];
            for (int category = 0; category < codes.Length; category++)
            {
                foreach (ObservedPoint point in curve.Points)
                {
                    csv.Field(FitLabels.Group(plan, curve.Group));
                    csv.Field(FitLabels.Class(plan, curve.Class));
                    csv.Field(plan.Items[curve.Item].Name);
                    csv.Field(codes[category]);
                    csv.Field(point.Theta);
                    csv.Field(point.Persons);
                    csv.Field(point.Observed[category]);
                    csv.Field(point.Expected[category]);
                    csv.EndRecord();
                }
            }
        }
    }
}
