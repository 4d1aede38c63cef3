namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>What the density of the rows depends on, class by class, on the standardized scale.</summary>
/// <param name="Coefficients">β. [class, p]</param>
/// <param name="Sigmas">Residual standard deviations. [class]</param>
/// <param name="Factors">Lower triangular Λ with G = ΛΛᵀ, one a set of effects. [set][q, q]</param>
internal sealed record LevelParameters(double[] Coefficients, double[] Sigmas, double[][] Factors)
{
    public int ClassCount => Sigmas.Length;

    /// <summary>Columns of X.</summary>
    public int FixedCount => Coefficients.Length / Sigmas.Length;

    /// <summary>Sets of effects: one a class, or one for all classes.</summary>
    public int SetCount => Factors.Length;

    /// <summary>Set of effects of a class.</summary>
    public int SetOf(int mixtureClass) => SetCount == 1 ? 0 : mixtureClass;

    /// <summary>Coefficients of a class. [p]</summary>
    public ReadOnlySpan<double> Of(int mixtureClass) => Coefficients.AsSpan(mixtureClass * FixedCount, FixedCount);

    /// <summary>Whether all numbers are finite and the residual deviations positive.</summary>
    public bool IsSound => Array.TrueForAll(Coefficients, double.IsFinite) && Array.TrueForAll(Sigmas, sigma => sigma > 0 && double.IsFinite(sigma))
        && Array.TrueForAll(Factors, factor => Array.TrueForAll(factor, double.IsFinite));
}
