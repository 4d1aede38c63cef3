namespace IrtGpu.Specification;

/// <summary>Rules for placing quadrature nodes.</summary>
public enum QuadratureRule
{
    /// <summary>Equally spaced nodes shared by all blocks; weights are the normal density, normalised over the nodes.</summary>
    Rectangular,

    /// <summary>Gauss–Hermite nodes moving with each block's mean and covariance; fixed weights.</summary>
    GaussHermite,
}

/// <summary>Nodes of the numerical integration.</summary>
/// <param name="Rule">Rectangular (default) or Gauss–Hermite.</param>
/// <param name="Nodes">
/// Nodes a dimension; null: 61, 31, 15, 9, 7 for one to five dimensions, 3 beyond, and as many more as populations and posteriors ask for.
/// </param>
/// <param name="Low">Lowest node of the rectangular rule, in the metric of θ; null: −6, or what the populations ask for.</param>
/// <param name="High">Highest node of the rectangular rule; null: 6, or what the populations ask for.</param>
/// <param name="PruneBelow">Gauss–Hermite product nodes whose weight is below this fraction of the largest are dropped; 0 keeps all.</param>
public sealed record QuadratureSpecification(
    QuadratureRule Rule = QuadratureRule.Rectangular, int? Nodes = null, double? Low = null, double? High = null, double PruneBelow = 0)
{
    /// <summary>Lowest node when none was asked for and the populations are near the standard one.</summary>
    public const double DefaultLow = -6;

    /// <summary>Highest node when none was asked for and the populations are near the standard one.</summary>
    public const double DefaultHigh = 6;

    /// <summary>Nodes a dimension when none were asked for.</summary>
    /// <param name="attributeCount">Number of dimensions J.</param>
    public static int DefaultNodes(int attributeCount) => attributeCount switch { 1 => 61, 2 => 31, 3 => 15, 4 => 9, 5 => 7, _ => 3 };

    /// <summary>Whether rule, nodes and range all stand as asked for.</summary>
    internal bool IsStated => Nodes is not null && (Rule == QuadratureRule.GaussHermite || (Low is not null && High is not null));

    /// <summary>The same with the defaults in place of what was not asked for.</summary>
    /// <param name="attributeCount">Number of dimensions J.</param>
    internal QuadratureSpecification Resolve(int attributeCount) => this with
    {
        Nodes = Nodes ?? DefaultNodes(attributeCount),
        Low = Low ?? DefaultLow,
        High = High ?? DefaultHigh,
    };
}
