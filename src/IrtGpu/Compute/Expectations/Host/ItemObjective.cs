using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Expectations.Host;

/// <summary>The part of the expected complete-data log-likelihood that one item parameter set has: Σ r log P over its tables.</summary>
internal sealed class ItemObjective
{
    private readonly CalibrationPlan plan;
    private readonly PlannedItem item;
    private readonly ItemModelOperations operations;
    private readonly int[] tables;
    private readonly double[] scratch; // of the sums over nodes: one thread at a time

    public ItemObjective(CalibrationPlan plan, int setIndex)
    {
        this.plan = plan;
        Set = plan.ParameterSets[setIndex];
        item = plan.Items[Set.Item];
        operations = item.Family.Operations;
        tables = [.. Enumerable.Range(0, plan.Tables.Count).Where(table => plan.Tables[table].SetOfItem[Set.Item] == setIndex)];
        scratch = GC.AllocateArray<double>(ItemSums.ScratchLength(Set.SlopeCount, item.CategoryCount, Set.ShapeCount), pinned: true); // stays aligned
    }

    public ItemParameterSet Set { get; }

    /// <summary>Q of the set.</summary>
    /// <param name="point">Nodes.</param>
    /// <param name="atNodes">As <see cref="HostExpectation.AtNodes"/>.</param>
    /// <param name="moments">As <see cref="HostExpectation.Moments"/>.</param>
    /// <param name="slots">The set's parameters. [slot of the set]</param>
    public double Value(ModelPoint point, double[][] atNodes, double[][]? moments, Span<double> slots) =>
        SumNodes(point, atNodes, slots, [], []) + MomentValue(moments, slots);

    /// <summary>Q of the set, its gradient and Hessian with respect to the set's slots.</summary>
    /// <param name="point">Nodes.</param>
    /// <param name="atNodes">As <see cref="HostExpectation.AtNodes"/>.</param>
    /// <param name="moments">As <see cref="HostExpectation.Moments"/>.</param>
    /// <param name="slots">The set's parameters. [slot of the set]</param>
    /// <param name="gradient">Receives the gradient. [slot of the set]</param>
    /// <param name="hessian">Receives the lower triangle. [slot, slot], row-major</param>
    public double Derivatives(
        ModelPoint point, double[][] atNodes, double[][]? moments, Span<double> slots, Span<double> gradient, Span<double> hessian)
    {
        gradient.Clear();
        hessian.Clear();
        double value = SumNodes(point, atNodes, slots, gradient, hessian);
        if (moments is not null && operations.HasWeightedScore)
            AddMomentDerivatives(moments, slots, gradient, hessian);
        return value + MomentValue(moments, slots);
    }

    /// <summary>Σ over categories of what weighted scores add: count · d_m + s_m Σ_j a_j · moment_j; 0 without moments.</summary>
    /// <param name="allMoments">As <see cref="HostExpectation.Moments"/>.</param>
    /// <param name="slots">The set's parameters. [slot of the set]</param>
    public double MomentValue(double[][]? allMoments, Span<double> slots)
    {
        if (allMoments is null || !operations.HasWeightedScore)
            return 0;
        double value = 0;
        foreach (int table in tables)
        {
            for (int category = 1; category < item.CategoryCount; category++)
            {
                ReadOnlySpan<double> moments = Moments(allMoments[table], category);
                double score = operations.Score(category, item.CategoryCount, slots[Set.SlopeCount..], item.Scores);
                value += slots[Set.SlopeCount + category - 1] * moments[0] + score * PredictorMoment(moments, slots);
            }
        }
        return value;
    }

    /// <summary>Adds the derivatives of <see cref="MomentValue"/>.</summary>
    /// <param name="allMoments">As <see cref="HostExpectation.Moments"/>; the items must have weighted scores.</param>
    /// <param name="slots">The set's parameters. [slot of the set]</param>
    /// <param name="gradient">Added to. [slot of the set]</param>
    /// <param name="hessian">Lower triangle, added to. [slot, slot], row-major</param>
    public void AddMomentDerivatives(double[][] allMoments, Span<double> slots, Span<double> gradient, Span<double> hessian)
    {
        foreach (int table in tables)
        {
            for (int category = 1; category < item.CategoryCount; category++)
            {
                ReadOnlySpan<double> moments = Moments(allMoments[table], category);
                double score = operations.Score(category, item.CategoryCount, slots[Set.SlopeCount..], item.Scores);
                int parameter = operations.ScoreParameter(category, item.CategoryCount);
                gradient[Set.SlopeCount + category - 1] += moments[0];
                for (int loading = 0; loading < Set.SlopeCount; loading++)
                {
                    double moment = moments[1 + item.Attributes[loading]];
                    gradient[loading] += score * moment;
                    if (parameter >= 0)
                        hessian[(Set.SlopeCount + parameter) * Set.SlotCount + loading] += moment;
                }
                if (parameter >= 0)
                    gradient[Set.SlopeCount + parameter] += PredictorMoment(moments, slots);
            }
        }
    }

    private ReadOnlySpan<double> Moments(double[] momentsOfTable, int category) =>
        momentsOfTable.AsSpan((item.FirstRow + category) * (1 + plan.AttributeCount), 1 + plan.AttributeCount);

    /// <summary>Σ weight · E(z | pattern).</summary>
    private double PredictorMoment(ReadOnlySpan<double> moments, ReadOnlySpan<double> slots)
    {
        double sum = 0;
        for (int loading = 0; loading < Set.SlopeCount; loading++)
            sum += slots[loading] * moments[1 + item.Attributes[loading]];
        return sum;
    }

    private double SumNodes(ModelPoint point, double[][] atNodes, Span<double> slots, Span<double> gradient, Span<double> hessian)
    {
        double value = 0;
        foreach (int table in tables)
        {
            ItemNodes nodes = new()
            {
                Slopes = slots[..Set.SlopeCount],
                Attributes = item.Attributes,
                Theta = point.ThetaOfTable(table),
                AttributeCount = plan.AttributeCount,
                Counts = atNodes[table].AsSpan(item.FirstRow * plan.NodeCount, item.CategoryCount * plan.NodeCount),
            };
            value += operations.SumNodes(nodes, item.CategoryCount, slots[Set.SlopeCount..], item.Scores, scratch, gradient, hessian);
        }
        return value;
    }
}
