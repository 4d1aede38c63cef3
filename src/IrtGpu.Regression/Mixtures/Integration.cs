namespace IrtGpu.Regression.Mixtures;

/// <summary>How the effects of levels were integrated: by adaptive Gauss–Hermite quadrature.</summary>
/// <param name="Nodes">Nodes a dimension.</param>
/// <param name="Dimensions">Effects of a level, over all classes.</param>
/// <param name="MoreNodes">Nodes a dimension of the check; null: it would have taken too long.</param>
/// <param name="Error">What the log-likelihood at the estimates changes by with them; null: not known.</param>
/// <param name="Advice">A sentence where the error matters; else null.</param>
public sealed record Integration(int Nodes, int Dimensions, int? MoreNodes, double? Error, string? Advice);
