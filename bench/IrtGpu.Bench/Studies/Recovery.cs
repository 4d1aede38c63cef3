using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Bench.Studies;

/// <summary>Sets the free parameters of a fit beside the truth, latent classes matched.</summary>
internal static class Recovery
{
    /// <summary>All free parameters. Class labels are arbitrary: of all ways to match classes that with the smallest squared errors of intercepts is taken.</summary>
    /// <param name="result">The fit.</param>
    /// <param name="truth">What the data were drawn from; at most two classes.</param>
    public static List<RecoveredParameter> Match(CalibrationResult result, TrueModel truth)
    {
        List<RecoveredParameter> straight = Match(result, truth, isSwapped: false);
        if (truth.ClassCount == 1)
            return straight;
        List<RecoveredParameter> swapped = Match(result, truth, isSwapped: true);
        return SquaredIntercepts(swapped) < SquaredIntercepts(straight) ? swapped : straight;
    }

    private static double SquaredIntercepts(List<RecoveredParameter> parameters) =>
        parameters.Where(parameter => parameter.Kind == RecoveredKind.Intercept).Sum(parameter => parameter.Error * parameter.Error);

    private static List<RecoveredParameter> Match(CalibrationResult result, TrueModel truth, bool isSwapped)
    {
        CalibrationPlan plan = result.Plan;
        int TrueBlock(int block) => isSwapped ? block / 2 * 2 + 1 - block % 2 : block;
        List<RecoveredParameter> matched = [];
        foreach (ItemParameterSet set in plan.ParameterSets)
            MatchItem(result, set, truth, set.Blocks[0], TrueBlock(set.Blocks[0]), matched);
        foreach (PlannedBlock block in plan.Blocks)
            MatchPopulation(result, block, truth.Populations[TrueBlock(block.Index)], TrueBlock(block.Index), matched);
        foreach (PlannedBlock block in plan.Blocks.Where(block => plan.ClassCount > 1 && block.Class == plan.ClassCount - 1))
        {
            int trueBlock = TrueBlock(block.Index);
            int groupTotal = Enumerable.Range(block.Group * plan.ClassCount, plan.ClassCount).Sum(other => truth.PersonCounts[other]);
            matched.Add(new(RecoveredKind.Proportion, trueBlock, (double)truth.PersonCounts[trueBlock] / groupTotal, Math.Exp(result.Point.LogProportion[block.Index])));
        }
        return matched;
    }

    // An estimated class whose population is fixed at another mean than the true one's has intercepts in a shifted metric:
    // θ_true = θ_estimated − μ_estimated + μ_true, so d_m moves by m Σ_j a_j (μ_estimated,j − μ_true,j).
    private static void MatchItem(
        CalibrationResult result, ItemParameterSet set, TrueModel truth, int block, int trueBlock, List<RecoveredParameter> matched)
    {
        ParameterLayout layout = result.Plan.Layout;
        double[] slots = result.Point.Parameters.Slots;
        PlannedItem item = result.Plan.Items[set.Item];
        TrueItem trueItem = truth.Items[trueBlock][set.Item]!;
        double shift = 0;
        List<(int Slot, double Weight)> shiftTerms = [];
        for (int loading = 0; loading < set.SlopeCount; loading++)
        {
            int attribute = item.Attributes[loading];
            double slope = slots[set.FirstSlot + loading];
            if (block != trueBlock)
            {
                double difference = truth.Populations[block].Mean[attribute] - truth.Populations[trueBlock].Mean[attribute];
                shift += slope * difference;
                shiftTerms.Add((set.FirstSlot + loading, difference));
            }
            if (!layout.IsFixed(set.FirstSlot + loading))
                matched.Add(new(RecoveredKind.Discrimination, trueBlock, trueItem.Slopes[attribute], slope, Variance(result, [(set.FirstSlot + loading, 1)])));
        }
        bool isMeanFixed = layout.IsFixed(result.Plan.Blocks[block].FirstMeanSlot);
        for (int step = 0; step < trueItem.Intercepts.Length; step++)
        {
            int slot = set.FirstSlot + set.SlopeCount + step;
            if (layout.IsFixed(slot))
                continue;
            double score = isMeanFixed ? item.Scores[step + 1] : 0;
            matched.Add(new(
                RecoveredKind.Intercept, trueBlock, trueItem.Intercepts[step], slots[slot] + score * shift,
                Variance(result, [(slot, 1), .. shiftTerms.Select(term => (term.Slot, score * term.Weight))])));
        }
    }

    /// <summary>Variance of a weighted sum of slots.</summary>
    private static double Variance(CalibrationResult result, (int Slot, double Weight)[] terms)
    {
        if (result.StandardErrors.Covariance is not { } covariance)
            return double.NaN;
        ParameterLayout layout = result.Plan.Layout;
        double[] weights = new double[layout.FreeCount];
        foreach ((int slot, double weight) in terms)
            layout.AddToFree(slot, weight, weights);
        double variance = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            for (int column = 0; column < weights.Length && weights[row] != 0; column++)
                variance += weights[row] * covariance[row * weights.Length + column] * weights[column];
        }
        return variance;
    }

    private static void MatchPopulation(CalibrationResult result, PlannedBlock block, TruePopulation population, int trueBlock, List<RecoveredParameter> matched)
    {
        ParameterLayout layout = result.Plan.Layout;
        double[] slots = result.Point.Parameters.Slots;
        for (int j = 0; j < result.Plan.AttributeCount; j++)
        {
            if (!layout.IsFixed(block.FirstMeanSlot + j))
                matched.Add(new(RecoveredKind.Mean, trueBlock, population.Mean[j], slots[block.FirstMeanSlot + j]));
            int diagonal = block.CovarianceSlot(j, j);
            if (!layout.IsFixed(diagonal))
                matched.Add(new(RecoveredKind.Sd, trueBlock, population.Sd[j], Math.Sqrt(slots[diagonal])));
            for (int k = 0; k < j; k++)
            {
                int other = block.CovarianceSlot(k, k);
                int slot = block.CovarianceSlot(j, k);
                if (!layout.IsFixed(slot))
                    matched.Add(new(RecoveredKind.Correlation, trueBlock, population.Correlation, slots[slot] / Math.Sqrt(slots[diagonal] * slots[other])));
            }
        }
    }
}
