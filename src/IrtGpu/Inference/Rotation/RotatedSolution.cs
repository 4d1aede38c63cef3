namespace IrtGpu.Inference.Rotation;

/// <summary>An exploratory solution on turned axes, with what turns it back.</summary>
/// <remarks>
/// New attributes are θ* = Tᵀθ and new slopes a* = a·(Tᵀ)⁻¹, so that a*·θ* = a·θ and the fit is the same; a = a*·Tᵀ turns back.
/// Attributes stand in order of their sum of squared loadings, largest first, each with a positive sum of slopes; the general attribute of a
/// bifactor rotation stands first, and those of a target stand and point as the target has them.
/// Blocks that share items share one rotation.
/// </remarks>
/// <param name="Method">The criterion.</param>
/// <param name="Value">The criterion at the solution.</param>
/// <param name="Starts">Number of starts, random ones included.</param>
/// <param name="StartsAtMinimum">How many of them ended at this value.</param>
/// <param name="Blocks">The blocks it holds for.</param>
/// <param name="Transformation">T. [attribute, rotated attribute]</param>
/// <param name="Correlations">Of θ* in the first of the blocks, whose θ has mean 0 and covariance I. [rotated attribute, rotated attribute]</param>
/// <param name="Items">Rotated items.</param>
/// <param name="Populations">Populations of the blocks in the metric of θ*.</param>
public sealed record RotatedSolution(
    RotationMethod Method, double Value, int Starts, int StartsAtMinimum, int[] Blocks, double[][] Transformation, double[][] Correlations,
    IReadOnlyList<RotatedItem> Items, IReadOnlyList<RotatedPopulation> Populations)
{
    /// <summary>
    /// Standard errors of <see cref="Correlations"/> by the delta method, the rotation following the estimates; null where there are none.
    /// [rotated attribute, rotated attribute]
    /// </summary>
    public double[][]? CorrelationErrors { get; init; }
}

/// <summary>One item on the turned axes.</summary>
/// <param name="ParameterSet">Which of the item's parameter sets.</param>
/// <param name="Item">Item name.</param>
/// <param name="Slopes">a*. [rotated attribute]</param>
/// <param name="Loadings">Standardised, λ* = λ·(Tᵀ)⁻¹ with λ = (a/1.702)/√(1 + Σ(a/1.702)²). [rotated attribute]</param>
/// <param name="Communality">Σ λ², the same on all axes.</param>
public sealed record RotatedItem(int ParameterSet, string Item, double[] Slopes, double[] Loadings, double Communality)
{
    /// <summary>Standard errors of <see cref="Slopes"/>, the rotation following the estimates; null where there are none. [rotated attribute]</summary>
    public double[]? SlopeErrors { get; init; }

    /// <summary>Standard errors of <see cref="Loadings"/>; null where there are none. [rotated attribute]</summary>
    public double[]? LoadingErrors { get; init; }
}

/// <summary>The population of one block on the turned axes.</summary>
/// <param name="Group">Observed group; empty when there is one.</param>
/// <param name="Class">Latent class; empty when there is one.</param>
/// <param name="Means">Of θ*. [rotated attribute]</param>
/// <param name="Covariances">Of θ*. [rotated attribute, rotated attribute]</param>
public sealed record RotatedPopulation(string Group, string Class, double[] Means, double[][] Covariances);
