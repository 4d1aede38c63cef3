namespace IrtGpu.Compute.Expectations.Host;

/// <summary>What an E-step through weighted scores leaves: who answered, by node, and moments of the responses.</summary>
/// <param name="point">Where the E-step is made.</param>
/// <param name="sums">Sums over nodes.</param>
internal sealed class WeightedScoreExpectation(ModelPoint point, HostSums sums) : HostExpectation(point, sums, hasMoments: true)
{
    /// <summary>Why there are no counts of an item that goes by weighted scores.</summary>
    /// <param name="name">The item's name.</param>
    public static string NoCounts(string name) =>
        $"Item '{name}' went through weighted scores, which leave moments of its responses but no counts by category and node. Use --e-step tables.";

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = NoCounts(Plan.Items[item].Name);
        return null;
    }
}
