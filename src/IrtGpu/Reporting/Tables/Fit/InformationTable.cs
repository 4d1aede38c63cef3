using IrtGpu.Fit.Information;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The tables <c>test-information.csv</c> and <c>item-information.csv</c>.</summary>
public static class InformationTable
{
    /// <summary>Writes information and conditional standard error of the whole test.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="curves">One a block.</param>
    public static void WriteTest(Stream stream, CalibrationPlan plan, IReadOnlyList<InformationCurves> curves)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(curves);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "direction", "theta", "information", "se");
        foreach ((InformationCurves block, DirectionCurve direction) in curves.SelectMany(block => block.Directions.Select(direction => (block, direction))))
        {
            for (int point = 0; point < direction.Position.Length; point++)
            {
                Begin(csv, plan, block, direction, point);
                csv.Field(direction.Test[point]);
                csv.Field(direction.Test[point] > 0 ? 1 / Math.Sqrt(direction.Test[point]) : double.NaN);
                csv.EndRecord();
            }
        }
    }

    /// <summary>Writes information of items, and with more than two categories what each has of it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="curves">One a block.</param>
    public static void WriteItems(Stream stream, CalibrationPlan plan, IReadOnlyList<InformationCurves> curves)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(curves);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "direction", "theta", "item", "category", "information");
        foreach ((InformationCurves block, DirectionCurve direction) in curves.SelectMany(block => block.Directions.Select(direction => (block, direction))))
        {
            foreach (ItemCurve item in direction.Items)
            {
                Write(csv, plan, block, direction, item, "", item.Information);
                for (int category = 0; category < item.Categories.Length && item.Categories.Length > 2; category++)
                    Write(csv, plan, block, direction, item, FormattableString.Invariant($"{plan.Shape.CategoryCodes[item.Item][category]}"), item.Categories[category]);
            }
        }
    }

    private static void Write(CsvWriter csv, CalibrationPlan plan, InformationCurves block, DirectionCurve direction, ItemCurve item, string category, double[] values)
    {
        for (int point = 0; point < values.Length; point++)
        {
            Begin(csv, plan, block, direction, point);
            csv.Field(plan.Items[item.Item].Name);
            csv.Field(category);
            csv.Field(values[point]);
            csv.EndRecord();
        }
    }

    private static void Begin(CsvWriter csv, CalibrationPlan plan, InformationCurves block, DirectionCurve direction, int point)
    {
        csv.Field(FitLabels.Group(plan, plan.Blocks[block.Block].Group));
        csv.Field(FitLabels.Class(plan, plan.Blocks[block.Block].Class));
        csv.Field(direction.Name);
        csv.Field(direction.Position[point]);
    }
}
