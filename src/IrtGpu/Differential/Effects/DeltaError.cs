using IrtGpu.Differential.Models;
using IrtGpu.Planning;

namespace IrtGpu.Differential.Effects;

/// <summary>Standard error of Δ by the delta method, the focal persons taken as known.</summary>
internal static class DeltaError
{
    private const double Step = 1e-5;

    /// <summary>The error; null without a covariance matrix.</summary>
    public static double? Of(InvarianceFit fit, int item, ItemParameterSet reference, ItemParameterSet focal, int focalGroup)
    {
        if (fit.Errors?.Covariance is not { } covariance)
            return null;
        PlannedBlock block = fit.Plan.Blocks[focalGroup];
        double[] theta = fit.Point.ThetaOfBlock(block);
        double[] weight = [.. fit.Point.LogWeight[block.Index].Select(Math.Exp)];
        double[] gradient = new double[fit.Plan.Layout.FreeCount];
        double[] slots = (double[])fit.Point.Parameters.Slots.Clone();
        foreach (ItemParameterSet set in (ItemParameterSet[])[reference, focal])
        {
            for (int slot = set.FirstSlot; slot < set.FirstSlot + set.SlotCount; slot++)
            {
                double held = slots[slot];
                slots[slot] = held + Step;
                double above = Mean(set);
                slots[slot] = held - Step;
                double below = Mean(set);
                slots[slot] = held;
                double derivative = CurveEffects.DeltaFactor * (above - below) / (2 * Step) * (set == focal ? 1 : -1);
                if (double.IsFinite(derivative))
                    fit.Plan.Layout.AddToFree(slot, derivative, gradient);
            }
        }
        double variance = GroupContrast.Quadratic(gradient, covariance, gradient);
        return variance > 0 && double.IsFinite(variance) ? Math.Sqrt(variance) : null;

        double Mean(ItemParameterSet set)
        {
            _ = CurveEffects.Curve(slots, fit.Plan.AttributeCount, fit.Plan.Items[item], set, theta, out double[] logit);
            double sum = 0;
            for (int node = 0; node < weight.Length; node++)
                sum += weight[node] * logit[node];
            return sum;
        }
    }
}
