namespace IrtGpu.Inference.Testing;

/// <summary>Adjusted p-values of Benjamini &amp; Hochberg (1995): min over larger p of p · m / rank.</summary>
internal static class FalseDiscovery
{
    /// <summary>Adjusts; what has no p-value does not count.</summary>
    /// <param name="p">P-values; null where there is none.</param>
    public static double?[] Adjust(IReadOnlyList<double?> p)
    {
        int[] order = [.. Enumerable.Range(0, p.Count).Where(index => p[index] is { } value && !double.IsNaN(value)).OrderByDescending(index => p[index])];
        double?[] adjusted = new double?[p.Count];
        double least = 1;
        for (int k = 0; k < order.Length; k++)
        {
            least = Math.Min(least, p[order[k]]!.Value * order.Length / (order.Length - k));
            adjusted[order[k]] = least;
        }
        return adjusted;
    }
}
