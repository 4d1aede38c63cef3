using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>A method of rotation as it is computed.</summary>
/// <param name="Method">The method.</param>
/// <param name="Criterion">What it minimises.</param>
/// <param name="IsOblique">Whether attributes may correlate.</param>
/// <param name="StartCount">Number of starts: as many as it takes to find the best of several minima again.</param>
/// <param name="FixedAxes">Axes that stay where they are when the others are put in order.</param>
internal sealed record RotationRule(RotationMethod Method, GradientProjection.Criterion Criterion, bool IsOblique, int StartCount, int FixedAxes)
{
    /// <summary>The rule of a method.</summary>
    /// <param name="method">Any but none.</param>
    /// <param name="attributeCount">J.</param>
    /// <param name="target">Loadings wanted, NaN where any will do; null with other methods than target. [item, attribute]</param>
    public static RotationRule Of(RotationMethod method, int attributeCount, Matrix<double>? target = null) => method switch
    {
        RotationMethod.Varimax => new(method, RotationCriterion.Varimax, false, 20, 0),
        RotationMethod.Oblimin => new(method, RotationCriterion.Quartimin, true, 20, 0),
        RotationMethod.Geomin => new(method, RotationCriterion.Geomin, true, 50, 0),
        RotationMethod.Bifactor => new(method, RotationCriterion.Bifactor, false, 50, 1),
        RotationMethod.Target => new(method, RotationCriterion.Target(target ?? throw new ArgumentNullException(nameof(target))), true, 20, attributeCount),
        RotationMethod.None or _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such criterion."),
    };
}
