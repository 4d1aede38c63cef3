using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Expectations;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>What an E-step at nodes of each person's own found on a device; whose posterior weights are gone is weighed again where more is asked.</summary>
/// <param name="backend">Made it.</param>
/// <param name="point">Where.</param>
/// <param name="placements">Where nodes lay.</param>
/// <param name="populations">[block]</param>
/// <param name="derivatives">Of all item parameter sets at the point itself.</param>
internal sealed class AdaptiveDeviceExpectation(
    AdaptiveDeviceBackend backend, ModelPoint point, Placements placements, PopulationMoments[] populations, ItemEvaluation derivatives) : Expectation
{
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
            backend.Evaluate(point, placements, evaluation);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = "Every person has nodes of their own, so there are no counts at nodes. Use --integration grid for them.";
        return null;
    }
}
