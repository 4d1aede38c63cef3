using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Mixed;

/// <summary>Where the search for covariance parameters begins: variances of single effects by the method of moments.</summary>
/// <remarks>
/// For an effect z with products t = z′y and d = z′z within a level, E[t²/d] is about σ² + τ²d, and the whole variance 1 about σ² + τ². So
/// τ² = (mean t²/d − 1)/(mean d − 1), taken one effect at a time.
/// </remarks>
internal static class StartingValues
{
    private const double Smallest = 0.01; // of τ²: from a variance of 0 no gradient leads away
    private const double Largest = 0.8;

    /// <param name="data">Cross-products; the response has unit variance.</param>
    /// <param name="parameters">Covariance parameters.</param>
    /// <returns>[ϑ]</returns>
    public static double[] Of(CrossProducts data, CovarianceParameters parameters)
    {
        double[] variances = new double[parameters.Count];
        for (int index = 0; index < variances.Length; index++)
        {
            CovarianceParameters.Slot slot = parameters.Slots[index];
            if (slot.Row == slot.Column)
                variances[index] = Math.Clamp(Moment(data, slot.Grouping, slot.Row), Smallest, Largest);
        }
        double residual = Math.Max(1 - Largest, 1 - variances.Sum());
        return Array.ConvertAll(variances, variance => Math.Sqrt(variance / residual));
    }

    private static double Moment(CrossProducts data, int index, int effect)
    {
        Grouping grouping = data.Groupings[index];
        int k = grouping.Width;
        double ratios = 0;
        double lengths = 0;
        int count = 0;
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            double length = data.Diagonal[index][(level * k + effect) * k + effect];
            if (!(length > 0))
                continue;
            double product = data.Tail[(grouping.Scalar(level) + effect) * data.TailWidth + data.TailWidth - 1];
            ratios += product * product / length;
            lengths += length;
            count++;
        }
        return (ratios / count - 1) / Math.Max(0.1, lengths / count - 1);
    }
}
