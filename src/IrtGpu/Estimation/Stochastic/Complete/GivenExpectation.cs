using IrtGpu.Compute.Expectations;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>Sums over posteriors at the parameters that these belong to, made beforehand; asked about other parameters it fails.</summary>
/// <param name="sums">Derivatives of all item parameter sets.</param>
/// <param name="populations">[block]</param>
internal sealed class GivenExpectation(ItemEvaluation sums, PopulationMoments[] populations) : Expectation
{
    /// <inheritdoc/>
    public override PopulationMoments Population(int block) => populations[block];

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => null;

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        if (!evaluation.Slots.AsSpan().SequenceEqual(sums.Slots))
            throw new InvalidOperationException("The sums are of other parameters.");
        evaluation.ClearAnswer();
        evaluation.AddAnswer(sums);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = "Sums over nodes of each person's own have no nodes in common.";
        return null;
    }
}
