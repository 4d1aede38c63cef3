using IrtGpu.Data;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>Which items were answered together in a group, and by how many.</summary>
/// <param name="Items">Items of the basis that a set has, ascending. [set][position]</param>
/// <param name="Weight">Persons with exactly that set. [set]</param>
internal sealed record AnsweredShares(int[][] Items, double[] Weight)
{
    /// <summary>Persons of the group.</summary>
    public double Total => Weight.Sum();

    /// <summary>Whether all persons answered all items.</summary>
    /// <param name="itemCount">Number of items of the basis.</param>
    public bool IsComplete(int itemCount) => Items.Length == 1 && Items[0].Length == itemCount;

    /// <summary>Finds them.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="items">Items of the basis.</param>
    public static AnsweredShares Of(PatternTable patterns, int[] members, int[] items)
    {
        Dictionary<string, int> known = [];
        List<int[]> sets = [];
        List<double> weight = [];
        char[] key = new char[(items.Length + 14) / 15];
        foreach (int pattern in members)
        {
            FillKey(patterns.Row(pattern), items, key);
            if (!key.AsSpan().ContainsAnyExcept('\0'))
                continue; // answered none of them
            Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!lookup.TryGetValue(key, out int set))
            {
                set = sets.Count;
                lookup[key] = set;
                char[] seen = key;
                sets.Add([.. Enumerable.Range(0, items.Length).Where(i => (seen[i / 15] >> (i % 15) & 1) != 0)]);
                weight.Add(0);
            }
            weight[set] += patterns.Frequency[pattern];
        }
        return new AnsweredShares([.. sets], [.. weight]);
    }

    /// <summary>Writes which of some items a row answers: one bit each, fifteen a character.</summary>
    /// <param name="row">Responses. [item]</param>
    /// <param name="items">The items.</param>
    /// <param name="key">Receives the bits.</param>
    public static void FillKey(ReadOnlySpan<byte> row, int[] items, Span<char> key)
    {
        key.Clear();
        for (int i = 0; i < items.Length; i++)
        {
            if (row[items[i]] != ResponseData.Missing)
                key[i / 15] |= (char)(1 << (i % 15));
        }
    }
}
