namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Where the nodes of every level lie: v = mode + C x for nodes x of a standard grid, one lower triangular C a set of effects.</summary>
/// <param name="Modes">Modes of the standardized effects, set after set. [level, set, q]</param>
/// <param name="Scales">Lower triangular C with CCᵀ the covariance of a set by the curvature at the mode. [level, set, q, q]</param>
internal sealed record NodePlacement(double[] Modes, double[] Scales);
