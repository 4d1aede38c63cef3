using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Planning;

/// <summary>One set of parameters of one item, shared by the blocks in which the item is equal.</summary>
/// <param name="Item">Item index.</param>
/// <param name="Blocks">Blocks that share it, ascending.</param>
/// <param name="FirstSlot">Its first slot: slopes by loading, then shape parameters.</param>
/// <param name="SlopeCount">Number of loadings.</param>
/// <param name="ShapeCount">Number of shape parameters.</param>
public sealed record ItemParameterSet(int Item, int[] Blocks, int FirstSlot, int SlopeCount, int ShapeCount)
{
    /// <summary>Slopes and shape parameters together.</summary>
    public int SlotCount => SlopeCount + ShapeCount;
}

/// <summary>A pair of an observed group and a latent class, with its own population.</summary>
/// <param name="Index">Block number, group-major: group · K + class.</param>
/// <param name="Group">Observed group.</param>
/// <param name="Class">Latent class.</param>
/// <param name="Table">Item table (parameters and nodes) it uses.</param>
/// <param name="FirstMeanSlot">Slots of its J means.</param>
/// <param name="FirstCovarianceSlot">Slots of its J(J+1)/2 covariances, packed lower triangle.</param>
/// <param name="ClassLogitSlot">Slot of its class's log odds within the group.</param>
public sealed record PlannedBlock(
    int Index, int Group, int Class, int Table, int FirstMeanSlot, int FirstCovarianceSlot, int ClassLogitSlot)
{
    /// <summary>Slot of the covariance of two attributes, in either order.</summary>
    /// <param name="j">Attribute.</param>
    /// <param name="k">Attribute.</param>
    public int CovarianceSlot(int j, int k) => FirstCovarianceSlot + PackedTriangle.SymmetricIndex(j, k);
}

/// <summary>A distinct combination of item parameter sets and nodes.</summary>
/// <param name="NodeSet">Node set its probabilities are evaluated at.</param>
/// <param name="SetOfItem">Parameter set of each item, −1 where not administered. [item]</param>
public sealed record PlannedTable(int NodeSet, int[] SetOfItem);
