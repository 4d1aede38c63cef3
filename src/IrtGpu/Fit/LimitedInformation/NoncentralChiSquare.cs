using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>The noncentral χ² distribution, for intervals of RMSEA.</summary>
internal static class NoncentralChiSquare
{
    /// <summary>P(χ² ≤ x), a Poisson mixture of central ones: Σ_k Poisson(k; λ/2) P(χ²_{df+2k} ≤ x), summed outwards from its largest weight.</summary>
    /// <param name="x">Where.</param>
    /// <param name="df">Degrees of freedom.</param>
    /// <param name="noncentrality">λ.</param>
    public static double Cumulative(double x, double df, double noncentrality)
    {
        if (x <= 0)
            return 0;
        double half = noncentrality / 2;
        if (half == 0)
            return ChiSquared.CDF(df, x);
        int centre = (int)half;
        double sum = 0;
        for (int k = centre; k >= 0; k--)
        {
            double term = Term(k);
            sum += term;
            if (term < 1e-17 && k < centre)
                break;
        }
        for (int k = centre + 1; ; k++)
        {
            double term = Term(k);
            sum += term;
            if (term < 1e-17)
                return Math.Min(1, sum);
        }

        double Term(int k) => Math.Exp(k * Math.Log(half) - half - SpecialFunctions.GammaLn(k + 1.0)) * ChiSquared.CDF(df + 2.0 * k, x);
    }

    /// <summary>The λ at which P(χ² ≤ x) is a probability; 0 where it is less than that even at λ = 0.</summary>
    /// <param name="x">Where.</param>
    /// <param name="df">Degrees of freedom.</param>
    /// <param name="probability">The probability.</param>
    public static double Noncentrality(double x, double df, double probability)
    {
        if (ChiSquared.CDF(df, x) <= probability)
            return 0;
        double high = Math.Max(1, x);
        while (Cumulative(x, df, high) > probability)
            high *= 2;
        double low = 0;
        for (int step = 0; step < 200 && high - low > 1e-12 * high; step++)
        {
            double middle = 0.5 * (low + high);
            if (Cumulative(x, df, middle) > probability)
                low = middle;
            else
                high = middle;
        }
        return 0.5 * (low + high);
    }
}
