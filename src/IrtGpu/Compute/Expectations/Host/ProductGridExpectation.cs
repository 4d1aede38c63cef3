using IrtGpu.Items;

namespace IrtGpu.Compute.Expectations.Host;

/// <summary>
/// What an E-step by factors of each dimension leaves: moments of the items that go by weighted scores; counts of the others summed
/// over the dimensions that they do not measure.
/// </summary>
/// <remarks>
/// Sums over dimensions stand at the nodes that are first in those: a function of the other dimensions alone has the same weighted sum
/// over the nodes as before.
/// </remarks>
/// <param name="point">Where the E-step is made.</param>
/// <param name="sums">Sums over nodes.</param>
/// <param name="hasMoments">Whether items go by weighted scores.</param>
/// <param name="isOnLine">Whether an item has counts on the nodes of its only dimension. [item]</param>
internal sealed class ProductGridExpectation(ModelPoint point, HostSums sums, bool hasMoments, bool[] isOnLine) : HostExpectation(point, sums, hasMoments)
{
    /// <summary>Takes the counts of an item on the nodes of its dimension.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="item">The item.</param>
    /// <param name="counts">Counts on the line. [row, node of the line]</param>
    public void SetOnLine(int table, int item, ReadOnlySpan<double> counts)
    {
        int stride = Stride(item);
        PlannedItem planned = Plan.Items[item];
        for (int row = planned.FirstRow; row < planned.FirstRow + planned.CategoryCount; row++)
        {
            for (int k = 0; k < LineCount; k++)
                AtNodes[table][(long)row * Plan.NodeCount + k * stride] = counts[row * LineCount + k];
        }
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        PlannedItem planned = Plan.Items[item];
        if (!isOnLine[item])
        {
            reason = WeightedScoreExpectation.NoCounts(planned.Name);
            return null;
        }
        reason = null;
        int stride = Stride(item);
        int attribute = planned.Attributes[0];
        double[] theta = Point.ThetaOfTable(table);
        double[] counts = new double[planned.CategoryCount * LineCount];
        for (int k = 0; k < counts.Length; k++)
            counts[k] = AtNodes[table][(long)(planned.FirstRow + k / LineCount) * Plan.NodeCount + k % LineCount * stride];
        return new ItemCounts(
            [attribute], [.. Enumerable.Range(0, LineCount).Select(k => theta[k * stride * Plan.AttributeCount + attribute])], counts);
    }

    /// <summary>Nodes of a dimension; in one dimension all there are, which pruning may have made fewer.</summary>
    private int LineCount => Plan.AttributeCount == 1 ? Plan.NodeCount : Plan.Grid.NodesPerAttribute;

    /// <summary>Distance of neighbouring nodes of the item's dimension.</summary>
    private int Stride(int item)
    {
        int stride = 1;
        for (int other = Plan.Items[item].Attributes[0] + 1; other < Plan.AttributeCount; other++)
            stride *= LineCount;
        return stride;
    }
}
