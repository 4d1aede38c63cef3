namespace IrtGpu.Compute.Adaptive.Persons;

/// <summary>From sums of powers of θ under a posterior to means and covariances.</summary>
internal static class PersonMoments
{
    /// <summary>Writes mean and covariance of a pattern.</summary>
    /// <param name="scores">Receives them.</param>
    /// <param name="pattern">Pattern.</param>
    /// <param name="powers">1, θ_j, θ_j θ_k for k ≤ j under weights that sum to 1.</param>
    public static void Write(PatternScores scores, int pattern, ReadOnlySpan<double> powers)
    {
        int attributeCount = scores.AttributeCount;
        int covarianceCount = powers.Length - 1 - attributeCount;
        Span<double> mean = scores.Mean.AsSpan(pattern * attributeCount, attributeCount);
        Span<double> covariance = scores.Covariance.AsSpan(pattern * covarianceCount, covarianceCount);
        powers.Slice(1, attributeCount).CopyTo(mean);
        for (int j = 0, index = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++, index++)
            {
                double value = powers[1 + attributeCount + index] - mean[j] * mean[k];
                covariance[index] = j == k ? Math.Max(0, value) : value;
            }
        }
    }
}
