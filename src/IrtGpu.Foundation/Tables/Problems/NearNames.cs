namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>Finds the names a user may have meant.</summary>
internal static class NearNames
{
    private const int MostNames = 3;

    /// <summary>"Did you mean 'q10' or 'q01'?"; null when no name is near.</summary>
    public static string? TrySuggest(string wanted, IReadOnlyList<string> all)
    {
        int limit = Math.Max(1, wanted.Length / 3);
        string[] near = [.. all
            .Select(name => (Name: name, Distance: EditDistance(wanted.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(candidate => candidate.Distance)
            .Take(MostNames)
            .Select(candidate => $"'{candidate.Name}'")];
        return near.Length > 0 ? $"Did you mean {string.Join(" or ", near)}?" : null;
    }

    /// <summary>"Did you mean 'q10' or 'q01'?", or the first names when none is near.</summary>
    public static string Suggest(string wanted, IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (TrySuggest(wanted, all) is { } near)
            return near;
        if (all.Length == 0)
            return "There are no names to choose from.";
        return $"The names begin {string.Join(", ", all.Take(MostNames).Select(name => $"'{name}'"))}{(all.Length > MostNames ? ", …" : "")}.";
    }

    // Levenshtein distance by the usual two-row recursion.
    private static int EditDistance(string first, string second)
    {
        int[] previous = new int[second.Length + 1];
        int[] current = new int[second.Length + 1];
        for (int j = 0; j <= second.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= first.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= second.Length; j++)
            {
                int substitution = previous[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[second.Length];
    }
}
