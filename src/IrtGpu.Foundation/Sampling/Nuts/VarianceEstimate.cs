namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>Variances of the draws of a window, by Welford's update, drawn a little towards those presumed.</summary>
/// <param name="count">Number of parameters.</param>
internal sealed class VarianceEstimate(int count)
{
    private const double PresumedDraws = 5; // as if so many draws had a thousandth of the presumed variance
    private const double PresumedShare = 1e-3;

    private readonly double[] mean = new double[count];
    private readonly double[] squares = new double[count];
    private int draws;

    /// <summary>Takes a draw.</summary>
    public void Add(ReadOnlySpan<double> position)
    {
        draws++;
        for (int index = 0; index < mean.Length; index++)
        {
            double difference = position[index] - mean[index];
            mean[index] += difference / draws;
            squares[index] += difference * (position[index] - mean[index]);
        }
    }

    /// <summary>The variances; begins anew.</summary>
    /// <param name="presumed">Variances on the scale of which a draw is moderate. [parameter]</param>
    /// <param name="variances">Out. [parameter]</param>
    public void TakeTo(ReadOnlySpan<double> presumed, Span<double> variances)
    {
        for (int index = 0; index < mean.Length; index++)
        {
            double variance = draws > 1 ? squares[index] / (draws - 1) : presumed[index];
            variances[index] = (draws * variance + PresumedDraws * PresumedShare * presumed[index]) / (draws + PresumedDraws);
        }
        Array.Clear(mean);
        Array.Clear(squares);
        draws = 0;
    }
}
