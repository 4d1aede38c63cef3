namespace IrtGpu.Foundation.Integration;

/// <summary>Nodes and weights for the standard normal density φ of some dimensions: Σ w f(z) is near ∫ f(z) φ(z) dz.</summary>
/// <param name="Dimension">Number of dimensions.</param>
/// <param name="Nodes">Coordinates, a row a dimension. [dimension, node]</param>
/// <param name="Weights">Positive weights, which sum to 1. [node]</param>
internal sealed record NormalRule(int Dimension, double[] Nodes, double[] Weights)
{
    /// <summary>Number of nodes.</summary>
    public int NodeCount => Weights.Length;

    /// <summary>All combinations of Gauss–Hermite nodes: exact for polynomials of degree 2 · count − 1 in each dimension.</summary>
    /// <param name="count">Nodes a dimension.</param>
    /// <param name="dimension">Number of dimensions.</param>
    public static NormalRule Product(int count, int dimension)
    {
        (double[] line, double[] logWeights) = GaussHermite.Rule(count);
        int total = checked((int)Math.Pow(count, dimension));
        double[] nodes = new double[checked(dimension * total)];
        double[] weights = new double[total];
        for (int node = 0; node < total; node++)
        {
            int rest = node;
            double logWeight = 0;
            for (int j = dimension - 1; j >= 0; j--, rest /= count)
            {
                nodes[j * total + node] = line[rest % count];
                logWeight += logWeights[rest % count];
            }
            weights[node] = Math.Exp(logWeight);
        }
        return new NormalRule(dimension, nodes, weights);
    }

    /// <summary>The rule turned: as exact for all polynomials of a degree as it was.</summary>
    /// <param name="rotation">Orthogonal. [dimension, dimension]</param>
    public NormalRule Rotate(double[] rotation)
    {
        double[] turned = new double[Nodes.Length];
        for (int j = 0; j < Dimension; j++)
        {
            for (int k = 0; k < Dimension; k++)
            {
                for (int node = 0; node < NodeCount; node++)
                    turned[j * NodeCount + node] += rotation[j * Dimension + k] * Nodes[k * NodeCount + node];
            }
        }
        return this with { Nodes = turned };
    }
}
