using IrtGpu.Compute.Expectations;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Compute.Reduction;

/// <summary>What an E-step in the reduced form found: counts at the nodes of each item's own attributes, totals at those of each set of correlated ones.</summary>
/// <param name="plan">The plan.</param>
/// <param name="sets">Sets of correlated attributes.</param>
/// <param name="nodes">Products of the line. [number of attributes][node, attribute]</param>
/// <param name="counts">Where they are, brought home when they are first asked for. [table][item][category, node]</param>
/// <param name="totals">[block][set][node]</param>
/// <param name="threads">Number of threads.</param>
internal sealed class ReducedExpectation(
    CalibrationPlan plan, IReadOnlyList<int[]> sets, double[][] nodes, Lazy<double[][][]> counts, double[][][] totals, int threads) : Expectation
{
    private readonly PopulationMoments?[] populations = new PopulationMoments?[plan.Blocks.Count];

    /// <inheritdoc/>
    public override PopulationMoments Population(int block) => populations[block] ??= Moments(block);

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => null;

    /// <inheritdoc/>
    internal override double[] TryLineTotals(int block, int attribute)
    {
        int set = Enumerable.Range(0, sets.Count).First(set => sets[set].Contains(attribute));
        double[] line = new double[plan.Grid.NodesPerAttribute];
        int period = 1;
        for (int position = sets[set].Length - 1; sets[set][position] != attribute; position--)
            period *= line.Length;
        double[] ofSet = totals[block][set];
        for (int node = 0; node < ofSet.Length; node++)
            line[node / period % line.Length] += ofSet[node];
        return line;
    }

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        if (threads > 1 && evaluation.SetCount > 1)
        {
            Parallel.For(0, evaluation.SetCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, position => Evaluate(evaluation, evaluation.SetAt(position)));
            return;
        }
        for (int position = 0; position < evaluation.SetCount; position++)
            Evaluate(evaluation, evaluation.SetAt(position));
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = null;
        return new ItemCounts(plan.Items[item].Attributes, nodes[plan.Items[item].Attributes.Length], counts.Value[table][item]);
    }

    private void Evaluate(ItemEvaluation evaluation, int index)
    {
        ItemParameterSet set = plan.ParameterSets[index];
        PlannedItem item = plan.Items[set.Item];
        Span<double> slots = evaluation.Slots.AsSpan(set.FirstSlot, set.SlotCount);
        double[] scratch = new double[ItemSums.ScratchLength(set.SlopeCount, item.CategoryCount, set.ShapeCount)];
        Span<double> gradient = evaluation.WithDerivatives ? evaluation.Gradient[index] : [];
        Span<double> hessian = evaluation.WithDerivatives ? evaluation.Hessian[index] : [];
        gradient.Clear();
        hessian.Clear();
        Span<int> columns = stackalloc int[item.Attributes.Length];
        for (int column = 0; column < columns.Length; column++)
            columns[column] = column;
        double value = 0;
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            if (plan.Tables[table].SetOfItem[set.Item] != index)
                continue;
            ItemNodes atNodes = new()
            {
                Slopes = slots[..set.SlopeCount],
                Attributes = columns,
                Theta = nodes[columns.Length],
                AttributeCount = columns.Length,
                Counts = counts.Value[table][set.Item],
            };
            value += item.Family.Operations.SumNodes(atNodes, item.CategoryCount, slots[set.SlopeCount..], item.Scores, scratch, gradient, hessian);
        }
        evaluation.Value[index] = value;
    }

    /// <summary>Sums of powers; those of two attributes that are independent by the model, whose covariance is no parameter, stay 0.</summary>
    private PopulationMoments Moments(int block)
    {
        double[] sums = new double[1 + plan.AttributeCount + plan.CovarianceCount];
        for (int set = 0; set < sets.Count; set++)
        {
            double[] own = new double[SetPowers.Count(sets[set].Length)];
            double weight = NodePowers.Of(nodes[sets[set].Length], sets[set].Length).Sum(totals[block][set], own);
            sums[0] = set == 0 ? weight : sums[0];
            SetPowers.Spread(own, sets[set], plan.AttributeCount, sums.AsSpan(1));
        }
        return new PopulationMoments(sums[0], sums);
    }
}
