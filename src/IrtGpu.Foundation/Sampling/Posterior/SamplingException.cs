namespace IrtGpu.Foundation.Sampling.Posterior;

/// <summary>No chain could draw from the posterior.</summary>
public sealed class SamplingException : Exception
{
    /// <summary>Carries the reason.</summary>
    /// <param name="message">Why, and what to do.</param>
    public SamplingException(string message)
        : base(message)
    {
    }
}
