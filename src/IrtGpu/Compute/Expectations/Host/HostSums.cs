using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Compute.Expectations.Host;

/// <summary>Sums over nodes on the host, for the expectations of one backend: one question at a time.</summary>
internal sealed class HostSums
{
    private readonly CalibrationPlan plan;
    private readonly ItemObjective[] objectives; // [parameter set]
    private readonly NodePowers?[] powers; // [node set], of the nodes seen last
    private readonly ParallelOptions parallel;
    private readonly Action<int> evaluateAt; // made once, so that a question allocates nothing
    private (ModelPoint Point, double[][] AtNodes, double[][]? Moments, ItemEvaluation Evaluation) question; // of it

    /// <summary>Prepares the sums of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="threads">Number of threads; results do not depend on it.</param>
    public HostSums(CalibrationPlan plan, int threads)
    {
        this.plan = plan;
        objectives = [.. Enumerable.Range(0, plan.ParameterSets.Count).Select(set => new ItemObjective(plan, set))];
        powers = new NodePowers?[plan.NodeSetCount];
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        evaluateAt = position => EvaluateSet(question.Evaluation.SetAt(position));
    }

    /// <summary>Answers a question from counts at nodes and moments of responses.</summary>
    /// <param name="point">Nodes.</param>
    /// <param name="atNodes">As <see cref="HostExpectation.AtNodes"/>.</param>
    /// <param name="moments">As <see cref="HostExpectation.Moments"/>.</param>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Evaluate(ModelPoint point, double[][] atNodes, double[][]? moments, ItemEvaluation evaluation)
    {
        question = (point, atNodes, moments, evaluation);
        if (parallel.MaxDegreeOfParallelism > 1 && evaluation.SetCount > 1)
        {
            Parallel.For(0, evaluation.SetCount, parallel, evaluateAt);
            return;
        }
        for (int position = 0; position < evaluation.SetCount; position++)
            evaluateAt(position);
    }

    /// <summary>Sums of the powers of θ over the nodes of a block.</summary>
    /// <param name="point">Nodes.</param>
    /// <param name="block">Block.</param>
    /// <param name="nodeTotals">Expected number of persons. [node]</param>
    public PopulationMoments Powers(ModelPoint point, int block, double[] nodeTotals)
    {
        double[] theta = point.ThetaOfBlock(plan.Blocks[block]);
        ref NodePowers? current = ref powers[plan.Tables[plan.Blocks[block].Table].NodeSet];
        if (current?.Theta != theta)
            current = NodePowers.Of(theta, plan.AttributeCount);
        double[] sums = new double[1 + plan.AttributeCount + plan.CovarianceCount];
        sums[0] = current.Sum(nodeTotals, sums.AsSpan(1));
        return new PopulationMoments(nodeTotals.Sum(), sums);
    }

    private void EvaluateSet(int set)
    {
        (ModelPoint point, double[][] atNodes, double[][]? moments, ItemEvaluation evaluation) = question;
        ItemObjective objective = objectives[set];
        Span<double> slots = evaluation.Slots.AsSpan(objective.Set.FirstSlot, objective.Set.SlotCount);
        evaluation.Value[set] = evaluation.WithDerivatives
            ? objective.Derivatives(point, atNodes, moments, slots, evaluation.Gradient[set], evaluation.Hessian[set])
            : objective.Value(point, atNodes, moments, slots);
    }
}
