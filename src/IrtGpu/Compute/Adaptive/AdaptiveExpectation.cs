using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Expectations;

namespace IrtGpu.Compute.Adaptive;

/// <summary>What an E-step at nodes of each person's own found: moments of the populations, and the posteriors that items are asked about.</summary>
/// <param name="step">Made it.</param>
/// <param name="point">Where.</param>
/// <param name="placements">Where nodes lay.</param>
/// <param name="populations">[block]</param>
/// <param name="weights">Posterior weights times frequencies; null where they are computed again. [shard][pattern, class, stride]</param>
/// <param name="derivatives">Of all item parameter sets at the point itself; values where there are some, else NaN.</param>
internal sealed class AdaptiveExpectation(
    AdaptiveStep step, ModelPoint point, Placements placements, PopulationMoments[] populations, double[]?[] weights, ItemEvaluation derivatives) : Expectation
{
    /// <summary>Where it was made.</summary>
    public ModelPoint Point => point;

    /// <summary>Where nodes lay.</summary>
    public Placements Placements => placements;

    /// <summary>Posterior weights times frequencies. [shard][pattern, class, stride]</summary>
    public double[]?[] Weights => weights;

    /// <inheritdoc/>
    public override PopulationMoments Population(int block) => populations[block];

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => null;

    /// <inheritdoc/>
    internal override bool HoldsDerivatives => true;

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        if (!evaluation.TryTakeAnswer(derivatives))
            step.Evaluate(this, evaluation);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = "Every person has nodes of their own, so there are no counts at nodes. Use --integration grid for them.";
        return null;
    }
}
