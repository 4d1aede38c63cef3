namespace IrtGpu.Compute;

/// <summary>Patterns sorted by kind, in their own order within a kind.</summary>
internal static class PatternOrder
{
    /// <summary>Sorts by counting, in time and memory proportional to the number of patterns.</summary>
    /// <param name="patternCount">P.</param>
    /// <param name="kindCount">Number of kinds.</param>
    /// <param name="kindOf">Kind of a pattern, from 0.</param>
    /// <returns>Pattern at each position. [position]</returns>
    public static int[] ByKind(int patternCount, int kindCount, Func<int, int> kindOf)
    {
        int[] next = new int[kindCount + 1]; // [kind] position of the kind's next pattern
        for (int pattern = 0; pattern < patternCount; pattern++)
            next[kindOf(pattern) + 1]++;
        for (int kind = 0; kind < kindCount; kind++)
            next[kind + 1] += next[kind];
        int[] order = new int[patternCount];
        for (int pattern = 0; pattern < patternCount; pattern++)
            order[next[kindOf(pattern)]++] = pattern;
        return order;
    }
}
