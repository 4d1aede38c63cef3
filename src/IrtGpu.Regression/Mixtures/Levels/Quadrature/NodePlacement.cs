namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Where the nodes of every level lie: v = centre + C x for nodes x of a standard grid, one lower triangular C a set of effects.</summary>
/// <param name="Centres">Of the standardized effects, set after set. [level, set, q]</param>
/// <param name="Scales">Lower triangular C. [level, set, q, q]</param>
internal sealed record NodePlacement(double[] Centres, double[] Scales);
