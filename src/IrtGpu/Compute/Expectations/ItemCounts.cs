namespace IrtGpu.Compute.Expectations;

/// <summary>Expected number of persons by response category of one item and node.</summary>
/// <param name="Attributes">Dimensions of the nodes: all of them, or the one that the item measures where the others are summed over.</param>
/// <param name="Theta">Nodes. [node, dimension]</param>
/// <param name="Counts">Expected numbers. [category, node]</param>
public sealed record ItemCounts(int[] Attributes, double[] Theta, double[] Counts)
{
    /// <summary>Number of nodes.</summary>
    public int NodeCount => Theta.Length / Attributes.Length;
}
