namespace IrtGpu.Population;

/// <summary>Moments of the powers θ_j and θ_j θ_k, k ≤ j, under a normal that is normalised over nodes.</summary>
internal interface IPowerSums
{
    /// <summary>log Σ_l exp(η · powers at l); leaves the terms for <see cref="Moments"/>.</summary>
    /// <param name="natural">η. [power]</param>
    double LogPartition(ReadOnlySpan<double> natural);

    /// <summary>Means and covariances of the powers under the discretised normal of the last <see cref="LogPartition"/>.</summary>
    /// <param name="mean">Receives the means. [power]</param>
    /// <param name="covariance">Receives the covariances. [power, power]</param>
    void Moments(Span<double> mean, Span<double> covariance);
}
