using System.Runtime.CompilerServices;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Where the expected log-likelihood of one item is summed: its slopes, the nodes, and the counts there.</summary>
internal readonly ref struct ItemNodes
{
    /// <summary>Slopes by loading.</summary>
    public required ReadOnlySpan<double> Slopes { get; init; }

    /// <summary>Attribute of each loading.</summary>
    public required ReadOnlySpan<int> Attributes { get; init; }

    /// <summary>Nodes. [node, attribute]</summary>
    public required ReadOnlySpan<double> Theta { get; init; }

    /// <summary>J.</summary>
    public required int AttributeCount { get; init; }

    /// <summary>Expected counts. [category, node]</summary>
    public required Span<double> Counts { get; init; }

    /// <summary>L.</summary>
    public int NodeCount => Theta.Length / AttributeCount;

    /// <summary>θ of a loading at the nodes of a vector; 0 beyond the last.</summary>
    /// <param name="loading">Loading.</param>
    /// <param name="node">First node.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes ThetaAt<TLanes>(int loading, int node)
        where TLanes : struct, ILanes<TLanes> =>
        LaneMemory.Load<TLanes>(Theta[(node * AttributeCount + Attributes[loading])..], AttributeCount, NodeCount - node);
}
