using IrtGpu.Data;

namespace IrtGpu.Fit;

/// <summary>Which patterns each observed group shows, in their order; patterns of weight 0 left out.</summary>
internal static class PatternsOfGroups
{
    /// <summary>Sorts them.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="groupCount">Number of groups.</param>
    /// <returns>[group][position]</returns>
    public static int[][] Of(PatternTable patterns, int groupCount)
    {
        List<int>[] lists = [.. Enumerable.Range(0, groupCount).Select(_ => new List<int>())];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            if (patterns.Frequency[pattern] > 0)
                lists[patterns.Groups[pattern]].Add(pattern);
        }
        return [.. lists.Select(list => list.ToArray())];
    }
}
