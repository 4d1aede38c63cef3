using IrtGpu.Foundation.Integration;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Adaptive.Persons;

/// <summary>A rule for the standard normal as persons use it: padded to whole vectors, and weighed for a flat measure.</summary>
/// <remarks>∫ g(θ) dθ is near |U| Σ exp(LogWeight) g(m + U z), exact where g is the normal density with mean m and covariance U Uᵀ.</remarks>
internal sealed class PersonNodes
{
    /// <summary>Prepares a rule.</summary>
    /// <param name="rule">The rule.</param>
    public PersonNodes(NormalRule rule)
    {
        Count = rule.NodeCount;
        Stride = (Count + LaneMemory.MostLanes - 1) / LaneMemory.MostLanes * LaneMemory.MostLanes;
        Standard = new double[rule.Dimension * Stride];
        LogWeight = new double[Stride];
        Array.Fill(LogWeight, double.NegativeInfinity);
        for (int node = 0; node < Count; node++)
        {
            double square = 0;
            for (int j = 0; j < rule.Dimension; j++)
            {
                double coordinate = rule.Nodes[j * Count + node];
                Standard[j * Stride + node] = coordinate;
                square += coordinate * coordinate;
            }
            LogWeight[node] = Math.Log(rule.Weights[node]) + 0.5 * square + 0.5 * rule.Dimension * Math.Log(2 * Math.PI);
        }
    }

    /// <summary>Number of nodes.</summary>
    public int Count { get; }

    /// <summary>The same, padded by nodes of weight 0.</summary>
    public int Stride { get; }

    /// <summary>z. [attribute, stride]</summary>
    public double[] Standard { get; }

    /// <summary>Log weight less the log density of the standard normal at the node. [stride]</summary>
    public double[] LogWeight { get; }

    /// <summary>Which of some rules a pattern has: it follows from its answers, so that persons with the same have the same, wherever they stand.</summary>
    /// <param name="responses">Answers. [item]</param>
    /// <param name="variantCount">Number of rules.</param>
    public static int VariantOf(ReadOnlySpan<byte> responses, int variantCount)
    {
        if (variantCount == 1)
            return 0;
        uint hash = 2166136261; // Fowler, Noll and Vo
        foreach (byte response in responses)
            hash = (hash ^ response) * 16777619;
        return (int)((hash ^ (hash >> 16)) % (uint)variantCount);
    }
}
