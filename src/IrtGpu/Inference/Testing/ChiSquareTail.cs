using MathNet.Numerics;

namespace IrtGpu.Inference.Testing;

/// <summary>Upper tail of the χ² distribution.</summary>
internal static class ChiSquareTail
{
    /// <summary>P(χ² ≥ statistic).</summary>
    /// <param name="statistic">Below 0 by rounding counts as 0.</param>
    /// <param name="df">Degrees of freedom, above 0.</param>
    public static double Of(double statistic, double df) => double.IsNaN(statistic) ? double.NaN : statistic <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(df / 2, statistic / 2);
}
