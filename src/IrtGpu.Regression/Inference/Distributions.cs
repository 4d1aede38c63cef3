using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Regression.Inference;

/// <summary>Tail probabilities and quantiles of tests.</summary>
internal static class Distributions
{
    /// <summary>Coverage of intervals.</summary>
    public const double Coverage = 0.95;

    /// <summary>P(|t| ≥ |statistic|); the normal distribution where there are no degrees of freedom.</summary>
    public static double TwoSided(double statistic, double? df)
    {
        if (double.IsNaN(statistic))
            return double.NaN;
        return df is { } degrees && double.IsFinite(degrees)
            ? SpecialFunctions.BetaRegularized(degrees / 2, 0.5, degrees / (degrees + statistic * statistic))
            : SpecialFunctions.Erfc(Math.Abs(statistic) / Math.Sqrt(2));
    }

    /// <summary>Half width of an interval of <see cref="Coverage"/> in standard errors.</summary>
    public static double HalfWidth(double? df) => df is { } degrees && double.IsFinite(degrees) && degrees > 0
        ? StudentT.InvCDF(0, 1, degrees, (1 + Coverage) / 2)
        : Normal.InvCDF(0, 1, (1 + Coverage) / 2);

    /// <summary>P(χ² ≥ statistic).</summary>
    public static double UpperChiSquare(double statistic, double df) => statistic <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(df / 2, statistic / 2);
}
