using IrtGpu.Compute.WeightedScore;

namespace IrtGpu.Tests.Compute.WeightedScore;

/// <summary>The inner loops of the weighted-score E-step against plain sums.</summary>
public sealed unsafe class WeightedScoreLoopsTests
{
    [Fact]
    public void Sum_of_log_likelihoods_is_that_of_its_terms_beyond_the_range_of_their_product()
    {
        const int count = 61;
        double* largest = stackalloc double[count];
        double* total = stackalloc double[count];
        double* frequency = stackalloc double[count];
        double expected = 0;
        for (int k = 0; k < count; k++)
        {
            (largest[k], total[k], frequency[k]) = (-k, 1 + 1e9 * k, k % 5 == 0 ? 0.5 * (k % 3) : 1); // the product is about 1e500
            expected += frequency[k] * (largest[k] + Math.Log(total[k]));
        }
        Assert.Equal(expected, WeightedScoreLoops.SumLogLikelihoods(largest, total, frequency, count), 1e-10);
    }
}
