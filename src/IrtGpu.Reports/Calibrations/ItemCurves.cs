using IrtGpu.Compute;
using IrtGpu.Fit.Curves;
using IrtGpu.Planning;
using IrtGpu.Reports.Figures;
using IrtGpu.Scoring.Information;

namespace IrtGpu.Reports.Calibrations;

/// <summary>Curves of items over θ, from the estimates; with several attributes along the item's own direction.</summary>
internal sealed class ItemCurves
{
    private const int PointCount = 61;
    private const double Reach = 4; // standard deviations

    private readonly ModelPoint point;
    private readonly Dictionary<BlockName, PlannedBlock> blocks;
    private readonly Dictionary<string, int> items;

    public ItemCurves(ModelPoint point)
    {
        this.point = point;
        CalibrationPlan plan = point.Plan;
        blocks = plan.Blocks.ToDictionary(block => new BlockName(plan.GroupCount > 1 ? plan.Shape.GroupNames[block.Group] : "", plan.ClassCount > 1 ? plan.ClassNames[block.Class] : ""));
        items = Enumerable.Range(0, plan.ItemCount).ToDictionary(item => plan.Items[item].Name, StringComparer.Ordinal);
        Grid = MakeGrid(point);
    }

    /// <summary>Where curves are evaluated.</summary>
    public double[] Grid { get; }

    /// <summary>What the horizontal axis is.</summary>
    public string AxisLabel => point.Plan.AttributeCount == 1 ? point.Plan.Specification.Attributes[0] : "along the item's direction";

    /// <summary>The category curves of an item with its points, and its information.</summary>
    public IReadOnlyList<Figure> Of(ItemEntry entry)
    {
        if (!items.TryGetValue(entry.Name, out int item) || !blocks.TryGetValue(entry.Blocks[0], out PlannedBlock? block) || point.Plan.Tables[block.Table].SetOfItem[item] < 0)
            return [];
        CalibrationPlan plan = point.Plan;
        ItemInformation curve = new(point, block, item);
        ItemParameterSet set = plan.ParameterSets[plan.Tables[block.Table].SetOfItem[item]];
        double[] direction = new double[plan.AttributeCount];
        double[] own = ItemDirection.Of(plan.Items[item], set, point.Parameters.Slots);
        for (int loading = 0; loading < own.Length; loading++)
            direction[plan.Items[item].Attributes[loading]] = own[loading];
        double along = curve.Along(direction);
        int categoryCount = plan.Items[item].CategoryCount;
        double[][] probability = [.. Enumerable.Range(0, categoryCount).Select(_ => new double[PointCount])];
        double[] information = new double[PointCount];
        double[] theta = new double[plan.AttributeCount];
        for (int step = 0; step < PointCount; step++)
        {
            for (int j = 0; j < theta.Length; j++)
                theta[j] = Grid[step] * direction[j];
            information[step] = curve.At(theta) * along * along;
            for (int category = 0; category < categoryCount; category++)
                probability[category][step] = curve.Probability[category];
        }
        return [Categories(entry, plan.Shape.CategoryCodes[item], probability), Information(information)];
    }

    private Figure Categories(ItemEntry entry, int[] codes, double[][] probability)
    {
        List<Series> series = [];
        for (int category = codes.Length == 2 ? 1 : 0; category < codes.Length; category++)
        {
            string name = $"answer {codes[category]}";
            int colour = series.Count(one => one.Form == SeriesForm.Line);
            series.Add(new Series(name, SeriesForm.Line, Grid, probability[category]) { Colour = colour });
            foreach (IGrouping<string, ObservedShare> group in entry.Observed.Where(point => point.Code == codes[category] && IsShown(point, entry)).GroupBy(point => point.Group))
            {
                series.Add(new Series($"{name}, observed{(entry.Blocks.Count > 1 && group.Key.Length > 0 ? $" ({group.Key})" : "")}", SeriesForm.Points,
                    [.. group.Select(point => point.Theta)], [.. group.Select(point => point.Observed)])
                { Colour = codes.Length == 2 && entry.Blocks.Count > 1 ? series.Count - 1 : colour });
            }
        }
        return new Figure("answers", "Answers", entry.Observed.Count > 0
            ? "Lines: what the model expects at each θ. Points: what persons there answered, each person counted at each θ by their posterior."
            : "What the model expects at each θ.", new Axis(AxisLabel), new Axis("probability", 0, 1), series)
        { Height = 300 };
    }

    private Figure Information(double[] information) => new("information", "Information", "Where the item tells persons apart.",
        new Axis(AxisLabel), new Axis("information", 0), [new Series("information", SeriesForm.Line, Grid, information)])
    { Height = 220 };

    // Of points that stand for less than half a person there is nothing to see.
    private static bool IsShown(ObservedShare point, ItemEntry entry) => point.Persons >= Math.Min(5, 0.002 * entry.Persons);

    private static double[] MakeGrid(ModelPoint point)
    {
        CalibrationPlan plan = point.Plan;
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (PlannedBlock block in plan.Blocks)
        {
            for (int j = 0; j < plan.AttributeCount; j++)
            {
                double mean = plan.AttributeCount == 1 ? point.Parameters.Slots[block.FirstMeanSlot + j] : 0;
                double deviation = Math.Sqrt(point.Parameters.Slots[block.CovarianceSlot(j, j)]);
                low = Math.Min(low, mean - Reach * deviation);
                high = Math.Max(high, mean + Reach * deviation);
            }
        }
        return [.. Enumerable.Range(0, PointCount).Select(step => low + (high - low) * step / (PointCount - 1))];
    }
}
