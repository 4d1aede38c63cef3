namespace IrtGpu.Compute;

/// <summary>A backend that sums the missing information in closed form, without showing any pattern's posterior.</summary>
internal interface IMissingInformationBackend
{
    /// <summary>Σ_p N_p Cov(s | pattern), s the derivative of the complete-data log-likelihood by the free parameters.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>Lower triangle, row-major; null where the plan and the data do not allow it. [free, free]</returns>
    double[]? TryComputeMissingInformation(ModelPoint point);
}
