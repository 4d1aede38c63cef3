namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>Which numbers of <see cref="LevelParameters"/> are one free parameter, and which are held.</summary>
/// <param name="Coefficients">Free coefficient behind each; −1: held where it is. [class, p]</param>
/// <param name="Sigmas">Residual deviation behind each; −1: held. [class]</param>
/// <param name="Factors">Covariance matrix behind each set of effects; −1: held. [set]</param>
/// <param name="IsCorrelated">Whether the effects of a level are correlated; if not, Λ is diagonal.</param>
internal sealed record LevelTies(int[] Coefficients, int[] Sigmas, int[] Factors, bool IsCorrelated)
{
    /// <summary>Number of free coefficients.</summary>
    public int CoefficientCount { get; } = Coefficients.Length == 0 ? 0 : Coefficients.Max() + 1;

    /// <summary>Number of free residual deviations.</summary>
    public int SigmaCount { get; } = Sigmas.Max() + 1;

    /// <summary>Number of free covariance matrices.</summary>
    public int FactorCount { get; } = Factors.Max() + 1;
}
