using System.Buffers;
using IrtGpu.Compute;
using IrtGpu.Planning;

namespace IrtGpu.Estimation;

/// <summary>The part of the expected complete-data log-likelihood that one item parameter set has: Σ r log P over its tables.</summary>
internal sealed class ItemObjective
{
    private readonly CalibrationPlan plan;
    private readonly PlannedItem item;
    private readonly ItemModelOperations operations;
    private readonly int[] tables;

    public ItemObjective(CalibrationPlan plan, int setIndex)
    {
        this.plan = plan;
        Set = plan.ParameterSets[setIndex];
        item = plan.Items[Set.Item];
        operations = ItemModelOperations.Of(item.Kind);
        tables = [.. Enumerable.Range(0, plan.Tables.Count).Where(table => plan.Tables[table].SetOfItem[Set.Item] == setIndex)];
    }

    public ItemParameterSet Set { get; }

    public bool IsInDomain(Span<double> slots) => operations.IsInDomain(item.CategoryCount, slots[Set.SlopeCount..]);

    /// <summary>Q of the set.</summary>
    /// <param name="point">Nodes.</param>
    /// <param name="counts">Expected counts.</param>
    /// <param name="slots">The set's parameters. [slot of the set]</param>
    public double Value(ModelPoint point, ExpectedCounts counts, Span<double> slots)
    {
        double[] scratch = ArrayPool<double>.Shared.Rent((item.CategoryCount + 1) * plan.NodeCount);
        double value = 0;
        foreach (int table in tables)
        {
            Span<double> logProbability = FillTable(point, table, slots, scratch);
            value += Dot(logProbability, Counts(counts, table));
        }
        ArrayPool<double>.Shared.Return(scratch);
        return value + MomentValue(counts.ResponseMoments, slots);
    }

    /// <summary>Q of the set, its gradient and Hessian with respect to the set's slots.</summary>
    /// <param name="point">Nodes.</param>
    /// <param name="counts">Expected counts.</param>
    /// <param name="slots">The set's parameters. [slot of the set]</param>
    /// <param name="gradient">Receives the gradient. [slot of the set]</param>
    /// <param name="hessian">Receives the lower triangle. [slot, slot], row-major</param>
    public double Derivatives(ModelPoint point, ExpectedCounts counts, Span<double> slots, Span<double> gradient, Span<double> hessian)
    {
        gradient.Clear();
        hessian.Clear();
        int nodeCount = plan.NodeCount;
        int local = 1 + Set.ShapeCount;
        double[] scratch = ArrayPool<double>.Shared.Rent((item.CategoryCount + 1) * nodeCount);
        double[] nodeDerivatives = ArrayPool<double>.Shared.Rent(local + local * (local + 1) / 2);
        Span<double> nodeGradient = nodeDerivatives.AsSpan(0, local);
        Span<double> nodeHessian = nodeDerivatives.AsSpan(local, local * (local + 1) / 2);
        double value = 0;
        foreach (int table in tables)
        {
            Span<double> logProbability = FillTable(point, table, slots, scratch);
            Span<double> rows = Counts(counts, table);
            ReadOnlySpan<double> z = scratch.AsSpan(item.CategoryCount * nodeCount, nodeCount);
            ReadOnlySpan<double> theta = point.ThetaOfTable(table);
            value += Dot(logProbability, rows);
            for (int node = 0; node < nodeCount; node++)
            {
                nodeGradient.Clear();
                nodeHessian.Clear();
                operations.AddDerivatives(
                    z[node], item.CategoryCount, slots[Set.SlopeCount..], item.Scores, logProbability[node..], nodeCount,
                    rows[node..], nodeCount, nodeGradient, nodeHessian);
                AddNode(theta.Slice(node * plan.AttributeCount, plan.AttributeCount), nodeGradient, nodeHessian, gradient, hessian);
            }
        }
        ArrayPool<double>.Shared.Return(scratch);
        ArrayPool<double>.Shared.Return(nodeDerivatives);
        if (counts.ResponseMoments is not null && operations.HasWeightedScore)
            AddMomentDerivatives(counts.ResponseMoments, slots, gradient, hessian);
        return value + MomentValue(counts.ResponseMoments, slots);
    }

    /// <summary>Σ over categories of what weighted scores add: count · d_m + s_m Σ_j a_j · moment_j; 0 without moments.</summary>
    /// <param name="allMoments">As <see cref="ExpectedCounts.ResponseMoments"/>.</param>
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
    /// <param name="allMoments">As <see cref="ExpectedCounts.ResponseMoments"/>; the items must have weighted scores.</param>
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

    /// <summary>Chain rule from z to slopes: ∂z/∂a_j = θ_j.</summary>
    private void AddNode(
        ReadOnlySpan<double> theta, ReadOnlySpan<double> nodeGradient, ReadOnlySpan<double> nodeHessian, Span<double> gradient, Span<double> hessian)
    {
        int slopes = Set.SlopeCount;
        int count = Set.SlotCount;
        for (int j = 0; j < slopes; j++)
        {
            double thetaJ = theta[item.Attributes[j]];
            gradient[j] += thetaJ * nodeGradient[0];
            for (int k = 0; k <= j; k++)
                hessian[j * count + k] += thetaJ * theta[item.Attributes[k]] * nodeHessian[0];
        }
        for (int r = 1; r <= Set.ShapeCount; r++)
        {
            int row = slopes + r - 1;
            int packed = r * (r + 1) / 2;
            gradient[row] += nodeGradient[r];
            for (int j = 0; j < slopes; j++)
                hessian[row * count + j] += theta[item.Attributes[j]] * nodeHessian[packed];
            for (int c = 1; c <= r; c++)
                hessian[row * count + slopes + c - 1] += nodeHessian[packed + c];
        }
    }

    private Span<double> FillTable(ModelPoint point, int table, Span<double> slots, double[] scratch)
    {
        int nodeCount = plan.NodeCount;
        Span<double> z = scratch.AsSpan(item.CategoryCount * nodeCount, nodeCount);
        Span<double> logProbability = scratch.AsSpan(0, item.CategoryCount * nodeCount);
        ItemTables.LinearPredictor(slots[..Set.SlopeCount], item.Attributes, point.ThetaOfTable(table), plan.AttributeCount, z);
        operations.FillTable(z, item.CategoryCount, slots[Set.SlopeCount..], item.Scores, logProbability, nodeCount);
        return logProbability;
    }

    private Span<double> Counts(ExpectedCounts counts, int table) =>
        counts.RowCounts[table].AsSpan(item.FirstRow * plan.NodeCount, item.CategoryCount * plan.NodeCount);

    private static double Dot(ReadOnlySpan<double> logProbability, ReadOnlySpan<double> counts)
    {
        double sum = 0;
        for (int k = 0; k < counts.Length; k++)
        {
            if (counts[k] != 0) // a probability of 0 that nobody needs is no −∞
                sum += counts[k] * logProbability[k];
        }
        return sum;
    }
}
