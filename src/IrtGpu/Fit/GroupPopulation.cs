using IrtGpu.Compute;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>The persons of one observed group as the model has them: nodes of all its classes in a row, their weights, and what is answered there.</summary>
/// <remarks>
/// A latent class is a part of the distribution of what determines answers, as θ is: nodes of class k have the weight τ_k π_kl. Nodes of
/// weight below 1e-16 are left out. Marginal probabilities are then sums over one axis, with and without classes.
/// </remarks>
internal sealed class GroupPopulation
{
    private const double LeastWeight = 1e-16;
    private const long LargestTable = 1L << 27; // doubles

    private GroupPopulation(CalibrationPlan plan, int group, int[] items, int[] nodeOf, double[] weight)
    {
        Plan = plan;
        Group = group;
        Items = items;
        NodeOf = nodeOf;
        Weight = weight;
        LogProbability = new double[plan.RowCount * weight.Length];
        Probability = new double[LogProbability.Length];
    }

    public CalibrationPlan Plan { get; }

    /// <summary>Observed group.</summary>
    public int Group { get; }

    /// <summary>Items given in the group, ascending.</summary>
    public int[] Items { get; }

    /// <summary>Position of each kept node among all, class-major: class · L + node. [node]</summary>
    public int[] NodeOf { get; }

    /// <summary>Share of persons; sums to 1. [node]</summary>
    public double[] Weight { get; }

    /// <summary>P of each category. [row, node]</summary>
    public double[] Probability { get; }

    /// <summary>Its logarithm. [row, node]</summary>
    public double[] LogProbability { get; }

    public int NodeCount => Weight.Length;

    /// <summary>P of one category. [node]</summary>
    /// <param name="row">Category row.</param>
    public ReadOnlySpan<double> Row(int row) => Probability.AsSpan(row * NodeCount, NodeCount);

    /// <summary>P of the categories of an item. [category, node]</summary>
    /// <param name="item">Item.</param>
    public ReadOnlySpan<double> Categories(int item) =>
        Probability.AsSpan(Plan.Items[item].FirstRow * NodeCount, Plan.Items[item].CategoryCount * NodeCount);

    /// <summary>Class of a kept node.</summary>
    /// <param name="node">Node.</param>
    public int ClassOf(int node) => NodeOf[node] / Plan.NodeCount;

    /// <summary>The block of a class of the group.</summary>
    /// <param name="k">Class.</param>
    public PlannedBlock Block(int k) => Plan.Blocks[Group * Plan.ClassCount + k];

    /// <summary>Why the group's population cannot be laid out; null where it can.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public static string? Refusal(ModelPoint point) =>
        point.Plan.Integration.RefusalOf("Statistics of fit") ?? (point.Shifts is not null
            ? "The means of persons differ within groups by covariates, for which it is not defined here."
            : (long)point.Plan.RowCount * point.Plan.ClassCount * point.Plan.NodeCount > LargestTable
                ? FormattableString.Invariant($"{point.Plan.RowCount} categories at {point.Plan.ClassCount * point.Plan.NodeCount} nodes need more memory than a table may have here. Calibrate with fewer --nodes.")
                : null);

    /// <summary>Lays it out.</summary>
    /// <param name="point">Parameters, nodes and weights, without a <see cref="Refusal"/>.</param>
    /// <param name="group">Observed group.</param>
    /// <param name="isKept">Whether a node is kept, by class, node and weight; null: where its weight is not negligible.</param>
    public static GroupPopulation Create(ModelPoint point, int group, Func<int, int, double, bool>? isKept = null)
    {
        CalibrationPlan plan = point.Plan;
        int[] setOfItem = plan.Tables[plan.Blocks[group * plan.ClassCount].Table].SetOfItem;
        int[] items = [.. Enumerable.Range(0, plan.ItemCount).Where(item => setOfItem[item] >= 0)];
        List<int> nodeOf = [];
        List<double> weight = [];
        for (int k = 0; k < plan.ClassCount; k++)
        {
            PlannedBlock block = plan.Blocks[group * plan.ClassCount + k];
            double[] logWeight = point.LogWeight[block.Index];
            for (int node = 0; node < plan.NodeCount; node++)
            {
                double share = Math.Exp(point.LogProportion[block.Index] + logWeight[node]);
                if (!(share > 0) || !(isKept?.Invoke(k, node, share) ?? share > LeastWeight))
                    continue;
                nodeOf.Add(k * plan.NodeCount + node);
                weight.Add(share);
            }
        }
        double total = weight.Sum();
        GroupPopulation population = new(
            plan, group, items, [.. nodeOf], [.. weight.Select(share => share / total)]);
        for (int k = 0; k < plan.ClassCount; k++)
            population.FillClass(point, k);
        foreach (int item in items)
        {
            Range rows = (plan.Items[item].FirstRow * nodeOf.Count)..((plan.Items[item].FirstRow + plan.Items[item].CategoryCount) * nodeOf.Count);
            FixedRounding.Exp(population.LogProbability.AsSpan(rows), population.Probability.AsSpan(rows));
        }
        return population;
    }

    private void FillClass(ModelPoint point, int k)
    {
        int first = Array.FindIndex(NodeOf, position => position / Plan.NodeCount == k);
        if (first < 0)
            return;
        int count = NodeOf.Count(position => position / Plan.NodeCount == k);
        PlannedTable table = Plan.Tables[Block(k).Table];
        double[] all = point.ThetaOfTable(Block(k).Table);
        int attributeCount = Plan.AttributeCount;
        double[] theta = new double[count * attributeCount];
        for (int node = 0; node < count; node++)
            all.AsSpan(NodeOf[first + node] % Plan.NodeCount * attributeCount, attributeCount).CopyTo(theta.AsSpan(node * attributeCount));
        double[] z = new double[count];
        foreach (int item in Items)
        {
            PlannedItem planned = Plan.Items[item];
            Span<double> rows = LogProbability.AsSpan(planned.FirstRow * NodeCount, planned.CategoryCount * NodeCount);
            ItemTables.FillItem(point, Plan.ParameterSets[table.SetOfItem[item]], theta, planned.Attributes, attributeCount, z, rows[first..], NodeCount);
        }
    }
}
