using IrtGpu.Foundation.Integration;

namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Tensor grid of Gauss–Hermite nodes for one set of effects, padded to whole vectors by nodes without weight.</summary>
internal sealed class NodeGrid
{
    /// <summary>Nodes in a vector.</summary>
    public const int Lane = 8;

    /// <param name="nodes">Nodes a dimension.</param>
    /// <param name="effects">Effects of the set, q.</param>
    public NodeGrid(int nodes, int effects)
    {
        (double[] positions, double[] logWeights) = GaussHermite.Rule(nodes);
        Nodes = nodes;
        Count = checked((int)Math.Pow(nodes, effects));
        Padded = (Count + Lane - 1) / Lane * Lane;
        Position = [.. Enumerable.Range(0, effects).Select(_ => new double[Padded])];
        LogWeight = new double[Padded];
        LogWeight.AsSpan(Count).Fill(double.NegativeInfinity);
        for (int node = 0; node < Count; node++)
        {
            int rest = node;
            for (int effect = 0; effect < effects; effect++, rest /= nodes)
            {
                Position[effect][node] = positions[rest % nodes];
                LogWeight[node] += logWeights[rest % nodes];
            }
        }
    }

    /// <summary>Nodes a dimension.</summary>
    public int Nodes { get; }

    /// <summary>Nodes.</summary>
    public int Count { get; }

    /// <summary>Nodes with those without weight.</summary>
    public int Padded { get; }

    /// <summary>Standard normal scale. [effect][node]</summary>
    public double[][] Position { get; }

    /// <summary>They sum to 1; −∞ behind the last node. [node]</summary>
    public double[] LogWeight { get; }
}
