using IrtGpu.Data;
using IrtGpu.Fit.Curves;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables.Fit;

namespace IrtGpu.Reporting.Tables.Curves;

/// <summary>The table <c>item-categories.csv</c>: how often each category of each item was given, and how able those are who gave it.</summary>
/// <remarks><c>theta</c> is the mean of θ (of several attributes: along the item's direction) over their posteriors; empty where there are no curves.</remarks>
public static class ItemCategoryTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names and codes.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="curves">What persons of similar θ answered; may be empty.</param>
    public static void Write(Stream stream, CalibrationPlan plan, PatternTable patterns, IReadOnlyList<ObservedCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(curves);
        ILookup<(int, int), ObservedCurve> ofItem = curves.ToLookup(curve => (curve.Group, curve.Item));
        using CsvWriter csv = new(stream);
        csv.Record("group", "item", "category", "persons", "share", "theta");
        for (int group = 0; group < patterns.Totals.GroupCount; group++)
        {
            for (int item = 0; item < plan.ItemCount; item++)
            {
                if (!plan.Shape.Administered[group][item])
                    continue;
                int[] codes = plan.Shape.CategoryCodes[item];
                double[] persons = [.. codes.Select((_, category) => patterns.Totals.Weight(group, item, category))];
                double all = persons.Sum();
                for (int category = 0; category < codes.Length; category++)
                {
                    csv.Field(FitLabels.Group(plan, group));
                    csv.Field(plan.Items[item].Name);
                    csv.Field(codes[category]);
                    csv.Field(persons[category]);
                    csv.Field(persons[category] / all);
                    csv.Field(MeanTheta(ofItem[(group, item)], category));
                    csv.EndRecord();
                }
            }
        }
    }

    private static double MeanTheta(IEnumerable<ObservedCurve> curves, int category)
    {
        double weight = 0;
        double sum = 0;
        foreach (ObservedPoint point in curves.SelectMany(curve => curve.Points))
        {
            weight += point.Persons * point.Observed[category];
            sum += point.Persons * point.Observed[category] * point.Theta;
        }
        return sum / weight;
    }
}
