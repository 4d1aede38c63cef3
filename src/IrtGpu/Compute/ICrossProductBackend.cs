namespace IrtGpu.Compute;

/// <summary>A backend that sums the outer products of the patterns' gradients where it has the posteriors, so that none of them has to leave the device.</summary>
public interface ICrossProductBackend
{
    /// <summary>
    /// Σ_p N_p s_p s_pᵀ over the backend's data, s_p the gradient of the pattern's marginal log-likelihood by the free parameters
    /// (the posterior mean of the complete-data score); priors do not enter. Null where posteriors have to be visited instead.
    /// </summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>The lower triangle in a full matrix; above the diagonal anything. [free, free], row-major</returns>
    double[]? TryComputeCrossProduct(ModelPoint point);
}
