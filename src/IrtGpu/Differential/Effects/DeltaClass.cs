using MathNet.Numerics.Distributions;

namespace IrtGpu.Differential.Effects;

/// <summary>Classes A, B, C of ETS.</summary>
internal static class DeltaClass
{
    private const double Level = 0.05;

    /// <summary>
    /// Of two categories by delta (Zieky 1993): A where |Δ| is below 1 or not different from 0, C where it is 1.5 or more and different from 1
    /// (one-sided), both at 5 %, else B.
    /// </summary>
    /// <param name="delta">Δ.</param>
    /// <param name="error">Its standard error; null: not known, so that 1.5 alone decides for C.</param>
    /// <param name="p">P-value of the test against 0.</param>
    public static string OfDelta(double delta, double? error, double p)
    {
        double magnitude = Math.Abs(delta);
        if (magnitude < 1 || !(p < Level))
            return "A";
        bool isAboveOne = error is not { } se || (magnitude - 1) / se > Normal.InvCDF(0, 1, 1 - Level);
        return magnitude >= 1.5 && isAboveOne ? "C" : "B";
    }

    /// <summary>Of more categories by the standardised mean difference over the SD of the item (Zwick, Thayer &amp; Mazzeo 1997): .17 and .25.</summary>
    /// <param name="standardized">SMD/SD.</param>
    /// <param name="p">P-value of Mantel's test.</param>
    public static string OfMeanDifference(double standardized, double p) =>
        !(p < Level) || Math.Abs(standardized) <= 0.17 ? "A" : Math.Abs(standardized) <= 0.25 ? "B" : "C";
}
