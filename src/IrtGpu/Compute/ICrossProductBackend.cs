namespace IrtGpu.Compute;

/// <summary>A backend that sums the cross-products of pattern scores where the posteriors are, so that no posterior has to leave the device.</summary>
public interface ICrossProductBackend
{
    /// <summary>Σ_p N_p g_p g_pᵀ, g_p the gradient of the pattern's marginal log-likelihood; null where posteriors are to be visited instead.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>Lower triangle. [free, free], row-major</returns>
    double[]? TryComputeCrossProduct(ModelPoint point);
}
