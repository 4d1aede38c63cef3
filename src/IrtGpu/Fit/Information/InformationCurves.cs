using IrtGpu.Compute;
using IrtGpu.Planning;
using IrtGpu.Scoring.Information;

namespace IrtGpu.Fit.Information;

/// <summary>Information functions of a block along directions through the mean of its population.</summary>
/// <remarks>
/// With one attribute the direction is the attribute; with more, each attribute alone and all at equal angles, points being μ + t u. Information along
/// u is uᵀ I(θ) u (Reckase and McKinley 1991, Applied Psychological Measurement 15, 361–373); 1/√ of the test's is the conditional standard error of
/// a maximum likelihood estimate.
/// </remarks>
/// <param name="Block">Block.</param>
/// <param name="Directions">What is shown, in order.</param>
public sealed record InformationCurves(int Block, IReadOnlyList<DirectionCurve> Directions)
{
    private const double Reach = 4; // standard deviations
    private const int PointCount = 81;

    /// <summary>Evaluates a block.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="block">The block.</param>
    internal static InformationCurves Of(ModelPoint point, PlannedBlock block)
    {
        CalibrationPlan plan = point.Plan;
        IReadOnlyList<int> attributes = plan.Measured.Of(block.Group);
        List<(string Name, double[] Direction)> directions = [.. attributes.Select(j => (plan.Specification.Attributes[j], Axis(plan, [j])))];
        if (attributes.Count > 1)
            directions.Add(("all", Axis(plan, attributes)));
        IReadOnlyList<(int Item, ItemInformation Information)> items = ItemInformation.OfBlock(point, block);
        return new InformationCurves(block.Index, [.. directions.Select(one => Curve(point, block, items, one.Name, one.Direction))]);
    }

    private static double[] Axis(CalibrationPlan plan, IReadOnlyList<int> attributes)
    {
        double[] axis = new double[plan.AttributeCount];
        foreach (int j in attributes)
            axis[j] = 1 / Math.Sqrt(attributes.Count);
        return axis;
    }

    private static DirectionCurve Curve(
        ModelPoint point, PlannedBlock block, IReadOnlyList<(int Item, ItemInformation Information)> items, string name, double[] direction)
    {
        double[] mean = point.Parameters.Slots.AsSpan(block.FirstMeanSlot, direction.Length).ToArray();
        double variance = 0;
        for (int j = 0; j < direction.Length; j++)
        {
            for (int k = 0; k < direction.Length; k++)
                variance += direction[j] * direction[k] * point.Parameters.Slots[block.CovarianceSlot(j, k)];
        }
        double[] position = new double[PointCount];
        double[] test = new double[PointCount];
        double[][] item = [.. items.Select(_ => new double[PointCount])];
        double[][][] category = [.. items.Select(one => one.Information.Share.Select(_ => new double[PointCount]).ToArray())];
        double[] theta = new double[direction.Length];
        for (int step = 0; step < PointCount; step++)
        {
            double t = Reach * Math.Sqrt(variance) * (2.0 * step / (PointCount - 1) - 1);
            for (int j = 0; j < theta.Length; j++)
                theta[j] = mean[j] + t * direction[j];
            position[step] = theta.Length == 1 ? theta[0] : t;
            for (int i = 0; i < items.Count; i++)
            {
                ItemInformation information = items[i].Information;
                double along = information.Along(direction);
                item[i][step] = information.At(theta) * along * along;
                test[step] += item[i][step];
                for (int m = 0; m < category[i].Length; m++)
                    category[i][m][step] = information.Share[m] * along * along;
            }
        }
        return new DirectionCurve(name, position, test, [.. items.Select((one, i) => new ItemCurve(one.Item, item[i], category[i]))]);
    }
}

/// <summary>Information along one direction.</summary>
/// <param name="Name">The attribute, or <c>all</c>.</param>
/// <param name="Position">θ with one attribute; with more the distance t from the mean. [point]</param>
/// <param name="Test">Information of all items. [point]</param>
/// <param name="Items">Item by item.</param>
public sealed record DirectionCurve(string Name, double[] Position, double[] Test, IReadOnlyList<ItemCurve> Items);

/// <summary>Information of an item.</summary>
/// <param name="Item">Item.</param>
/// <param name="Information">[point]</param>
/// <param name="Categories">What each category has of it. [category][point]</param>
public sealed record ItemCurve(int Item, double[] Information, double[][] Categories);
