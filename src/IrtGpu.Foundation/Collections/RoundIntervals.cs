namespace IrtGpu.Foundation.Collections;

/// <summary>Intervals of histograms whose ends are round numbers.</summary>
internal static class RoundIntervals
{
    /// <summary>The largest of 1, 2, 5 times a power of ten that cuts a range into no fewer intervals than wanted; 0.1 where there is no range.</summary>
    /// <param name="range">Largest value less the smallest.</param>
    /// <param name="fewest">Intervals that are wanted.</param>
    public static double Width(double range, int fewest)
    {
        if (!(range > 0))
            return 0.1;
        double wanted = range / fewest;
        double power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return power * (wanted >= 5 * power ? 5 : wanted >= 2 * power ? 2 : 1);
    }
}
