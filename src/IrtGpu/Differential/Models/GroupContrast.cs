using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Differential.Models;

/// <summary>Differences of an item's parameters between groups, and their covariance.</summary>
internal static class GroupContrast
{
    /// <summary>χ² of the hypothesis that an item's free parameters are the same in groups as in the reference: dᵀ (L Σ Lᵀ)⁻¹ d.</summary>
    /// <param name="fit">A fit in which the item is free, with errors.</param>
    /// <param name="reference">Parameters in the reference group.</param>
    /// <param name="others">In the others.</param>
    /// <param name="reason">Why there is none.</param>
    public static (double Statistic, int Df)? Wald(InvarianceFit fit, ItemParameterSet reference, IReadOnlyList<ItemParameterSet> others, out string? reason)
    {
        ParameterLayout layout = fit.Plan.Layout;
        reason = null;
        if (fit.Errors?.Covariance is not { } covariance)
        {
            reason = fit.Errors?.Reason ?? "No standard errors were asked for.";
            return null;
        }
        List<(int Slot, int Reference)> pairs = [];
        foreach (ItemParameterSet other in others)
        {
            for (int k = 0; k < other.SlotCount; k++)
            {
                int slot = other.FirstSlot + k;
                int against = reference.FirstSlot + k;
                if (!layout.FreeOf(slot).SequenceEqual(layout.FreeOf(against)) || !layout.CoefficientsOf(slot).SequenceEqual(layout.CoefficientsOf(against)))
                    pairs.Add((slot, against));
            }
        }
        int n = pairs.Count;
        if (n == 0)
        {
            reason = "Nothing of the item can differ between the groups: its parameters are fixed or held equal.";
            return null;
        }
        double[] difference = new double[n];
        double[] variance = new double[n * n];
        double[][] gradients = new double[n][];
        for (int row = 0; row < n; row++)
        {
            (int slot, int against) = pairs[row];
            difference[row] = fit.Point.Parameters.Slots[slot] - fit.Point.Parameters.Slots[against];
            gradients[row] = new double[layout.FreeCount];
            layout.AddToFree(slot, 1, gradients[row]);
            layout.AddToFree(against, -1, gradients[row]);
        }
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column <= row; column++)
                variance[row * n + column] = variance[column * n + row] = Quadratic(gradients[row], covariance, gradients[column]);
        }
        if (Array.Exists(variance, value => !double.IsFinite(value)) || !CholeskySolver.TryFactor(variance, n))
        {
            reason = "A parameter of the item has no standard error: the data give it no limit in a group.";
            return null;
        }
        double[] solved = (double[])difference.Clone();
        CholeskySolver.Solve(variance, solved, n);
        double statistic = 0;
        for (int row = 0; row < n; row++)
            statistic += difference[row] * solved[row];
        return (statistic, n);
    }

    /// <summary>gᵀ Σ h over the parameters that matter.</summary>
    public static double Quadratic(ReadOnlySpan<double> g, double[] covariance, ReadOnlySpan<double> h)
    {
        double sum = 0;
        for (int row = 0; row < g.Length; row++)
        {
            if (g[row] == 0)
                continue;
            for (int column = 0; column < h.Length; column++)
                sum += h[column] == 0 ? 0 : g[row] * covariance[row * g.Length + column] * h[column];
        }
        return sum;
    }
}
