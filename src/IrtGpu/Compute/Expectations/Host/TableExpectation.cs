namespace IrtGpu.Compute.Expectations.Host;

/// <summary>What an E-step through tables leaves: counts of every item by category and node.</summary>
/// <param name="point">Where the E-step is made.</param>
/// <param name="sums">Sums over nodes.</param>
internal sealed class TableExpectation(ModelPoint point, HostSums sums) : HostExpectation(point, sums, hasMoments: false)
{
    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = null;
        int nodeCount = Plan.NodeCount;
        return new ItemCounts(
            [.. Enumerable.Range(0, Plan.AttributeCount)], Point.ThetaOfTable(table),
            AtNodes[table].AsSpan(Plan.Items[item].FirstRow * nodeCount, Plan.Items[item].CategoryCount * nodeCount).ToArray());
    }
}
