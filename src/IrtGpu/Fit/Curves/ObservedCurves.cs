using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit.Items;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Curves;

/// <summary>What persons answered beside what the model expects, of all items: points of curves, and how far these lie off.</summary>
/// <param name="Curves">One an item, group and class.</param>
/// <param name="Deviations">One an item and group.</param>
public sealed record ObservedCurves(IReadOnlyList<ObservedCurve> Curves, IReadOnlyList<ItemDeviation> Deviations)
{
    private const long Work = 400_000_000; // person · item · node: a fraction of a second; beyond it every n-th pattern counts
    private const int HalfSteps = 5; // of half a standard deviation on each side of the mean

    /// <summary>Counts the answers of all items; nothing where the population of a group is no fixed set of nodes.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static ObservedCurves Of(ModelPoint point, PatternTable patterns, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patterns);
        if (GroupPopulation.Refusal(point) is not null)
            return new ObservedCurves([], []);
        int[][] members = PatternsOfGroups.Of(patterns, point.Plan.GroupCount);
        List<ObservedCurve> curves = [];
        List<ItemDeviation> deviations = [];
        for (int group = 0; group < members.Length; group++)
        {
            GroupPopulation population = GroupPopulation.Create(point, group);
            long work = (long)members[group].Length * population.Items.Length * population.NodeCount;
            int stride = (int)Math.Max(1, (work + Work - 1) / Work);
            int[] counted = stride == 1 ? members[group] : [.. members[group].Where((_, position) => position % stride == 0)];
            GroupCounts counts = GroupCounts.Of(population, patterns, counted, threads > 0 ? threads : Environment.ProcessorCount, cancellation);
            deviations.AddRange(population.Items.Select(item => new ItemDeviation(group, item, RootMeanSquareDeviation.Of(population, counts, item))));
            for (int k = 0; k < point.Plan.ClassCount; k++)
                curves.AddRange(population.Items.Select(item => Of(point, population, counts, k, item)));
        }
        return new ObservedCurves(curves, deviations);
    }

    private static ObservedCurve Of(ModelPoint point, GroupPopulation population, GroupCounts counts, int k, int item)
    {
        double[] position = Positions(point, population, k, item);
        double[] answered = counts.Answered(item);
        (double mean, double deviation) = Moments(position, answered);
        int categoryCount = point.Plan.Items[item].CategoryCount;
        int stepCount = 2 * HalfSteps;
        double[] persons = new double[stepCount];
        double[] theta = new double[stepCount];
        double[,] observed = new double[stepCount, categoryCount];
        double[,] expected = new double[stepCount, categoryCount];
        for (int node = 0; node < position.Length; node++)
        {
            if (double.IsNaN(position[node]) || !(answered[node] > 0))
                continue;
            int step = Math.Clamp((int)Math.Floor((position[node] - mean) / (0.5 * deviation)) + HalfSteps, 0, stepCount - 1);
            persons[step] += answered[node];
            theta[step] += answered[node] * position[node];
            for (int category = 0; category < categoryCount; category++)
            {
                int row = point.Plan.Items[item].FirstRow + category;
                observed[step, category] += counts.Of(row)[node];
                expected[step, category] += answered[node] * population.Row(row)[node];
            }
        }
        return new ObservedCurve(population.Group, k, item, [.. Enumerable.Range(0, stepCount).Where(step => persons[step] > 0).Select(step => new ObservedPoint(
            theta[step] / persons[step], persons[step], Shares(observed, step, persons[step]), Shares(expected, step, persons[step])))]);
    }

    private static double[] Shares(double[,] sums, int step, double persons) =>
        [.. Enumerable.Range(0, sums.GetLength(1)).Select(category => sums[step, category] / persons)];

    private static (double Mean, double Deviation) Moments(double[] position, double[] weight)
    {
        double sum = 0;
        double mean = 0;
        double square = 0;
        for (int node = 0; node < position.Length; node++)
        {
            if (double.IsNaN(position[node]))
                continue;
            sum += weight[node];
            mean += weight[node] * position[node];
            square += weight[node] * position[node] * position[node];
        }
        mean /= sum;
        double variance = square / sum - mean * mean;
        return (mean, variance > 0 ? Math.Sqrt(variance) : 1);
    }

    /// <summary>Where the nodes of a class lie along the item's direction; NaN for those of other classes. [node]</summary>
    private static double[] Positions(ModelPoint point, GroupPopulation population, int k, int item)
    {
        CalibrationPlan plan = point.Plan;
        PlannedBlock block = population.Block(k);
        PlannedItem planned = plan.Items[item];
        ItemParameterSet set = plan.ParameterSets[plan.Tables[block.Table].SetOfItem[item]];
        double[] direction = ItemDirection.Of(planned, set, point.Parameters.Slots);
        double[] theta = point.ThetaOfTable(block.Table);
        double[] position = new double[population.NodeCount];
        for (int node = 0; node < position.Length; node++)
        {
            int first = population.NodeOf[node] % plan.NodeCount * plan.AttributeCount;
            position[node] = population.ClassOf(node) == k ? 0 : double.NaN;
            for (int loading = 0; loading < direction.Length; loading++)
                position[node] += direction[loading] * theta[first + planned.Attributes[loading]];
        }
        return position;
    }
}
