namespace IrtGpu.Foundation.Integration;

/// <summary>Nodes and weights for the standard normal density that lie in pairs z, −z about a centre.</summary>
/// <param name="Dimension">Number of dimensions.</param>
/// <param name="Nodes">One node of each pair. [pair, dimension]</param>
/// <param name="Weights">Weight of each node of a pair. [pair]</param>
/// <param name="CentreWeight">Weight of 0.</param>
internal sealed record MirroredRule(int Dimension, double[] Nodes, double[] Weights, double CentreWeight)
{
    /// <summary>Number of pairs.</summary>
    public int PairCount => Weights.Length;

    /// <summary>All combinations of Gauss–Hermite nodes.</summary>
    /// <param name="count">Nodes a dimension, an odd number.</param>
    /// <param name="dimension">Number of dimensions.</param>
    public static MirroredRule Product(int count, int dimension)
    {
        NormalRule rule = NormalRule.Product(count, dimension);
        int pairs = rule.NodeCount / 2; // the last half is the first one mirrored, read backwards
        double[] nodes = new double[pairs * dimension];
        for (int pair = 0; pair < pairs; pair++)
        {
            for (int j = 0; j < dimension; j++)
                nodes[pair * dimension + j] = rule.Nodes[j * rule.NodeCount + pair];
        }
        return new MirroredRule(dimension, nodes, rule.Weights[..pairs], rule.Weights[pairs]);
    }

    /// <summary>
    /// The axes at some radii, and the centre: a Gauss–Radau rule for the squared length. Exact for polynomials of degree 3, and in the mean over turns of each
    /// radius by itself up to degree 5 in direction and 4R + 1 in length (spherical-radial rules; Genz, A., &amp; Monahan, J., 1998, SIAM Journal on Scientific Computing 19,
    /// 426–439, have one random radius).
    /// </summary>
    /// <param name="dimension">J.</param>
    /// <param name="radii">R; a radius has pairs one after the other.</param>
    public static MirroredRule Axes(int dimension, int radii)
    {
        // With t half the squared length, ∫ g(t) t γ(t) dt by a Gauss rule is ∫ h(t) γ(t) dt by h(0) and h at the same nodes, h(t) = h(0) + t g(t).
        (double[] halfSquares, double[] radialWeights) = GaussLaguerre.Rule(radii, 0.5 * dimension);
        double[] nodes = new double[radii * dimension * dimension];
        double[] weights = new double[radii * dimension];
        double centre = 1;
        for (int pair = 0; pair < weights.Length; pair++)
        {
            int radius = pair / dimension;
            nodes[pair * dimension + pair % dimension] = Math.Sqrt(2 * halfSquares[radius]);
            weights[pair] = 0.25 * radialWeights[radius] / halfSquares[radius];
            centre -= 2 * weights[pair];
        }
        return new MirroredRule(dimension, nodes, weights, centre);
    }
}
