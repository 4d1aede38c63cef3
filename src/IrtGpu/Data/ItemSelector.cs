using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data;

/// <summary>A part of an ITEMS list selects nothing or cannot be read.</summary>
/// <param name="message">Names the part and what it could have meant.</param>
public sealed class ItemListException(string message) : ArgumentException(message);

/// <summary>Resolves ITEMS lists such as <c>q01-q20,extra*,!q07</c> against names in column order.</summary>
/// <remarks>
/// Parts are separated by commas; blanks around them are ignored. In this order a part is read as an exact name
/// (also <c>"in, double quotes"</c>), as <c>!PART</c> that removes, as a glob (<c>*</c> any run of characters,
/// <c>?</c> any one), or as a range <c>first-last</c> by position. Removal applies to the whole list wherever it
/// stands, and a list of removals alone starts from every name. Case matters.
/// </remarks>
public static class ItemSelector
{
    /// <summary>The positions selected, ascending and distinct. May be empty when everything was removed.</summary>
    /// <param name="list">The ITEMS list.</param>
    /// <param name="names">Names in column order, distinct.</param>
    /// <exception cref="ItemListException">A part matches nothing, or a range is ambiguous or runs backwards.</exception>
    public static IReadOnlyList<int> Resolve(string list, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(names);
        var positions = new Dictionary<string, int>(names.Count, StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
            positions.TryAdd(names[i], i);

        var included = new bool[names.Count];
        var removed = new bool[names.Count];
        bool anyInclusion = false;
        foreach (string part in Split(list))
        {
            bool removes = part.StartsWith('!') && !positions.ContainsKey(part);
            anyInclusion |= !removes;
            Mark(removes ? part[1..].Trim() : part, part, names, positions, removes ? removed : included);
        }

        var selected = new List<int>();
        for (int i = 0; i < names.Count; i++)
        {
            if ((included[i] || !anyInclusion) && !removed[i])
                selected.Add(i);
        }
        return selected;
    }

    private static List<string> Split(string list)
    {
        List<string> parts = QuotedList.Split(list, ',');
        return parts.Contains("")
            ? throw new ItemListException($"The item list '{list}' has an empty part. Give names, globs (q*) or ranges (q01-q20), separated by single commas.")
            : parts;
    }

    private static void Mark(string pattern, string part, IReadOnlyList<string> names, Dictionary<string, int> positions, bool[] marked)
    {
        bool literal = QuotedList.IsQuoted(pattern);
        string name = QuotedList.Unquote(pattern);
        if (positions.TryGetValue(name, out int position) || positions.TryGetValue(pattern, out position))
        {
            marked[position] = true;
            return;
        }
        bool any = false;
        if (!literal && pattern.AsSpan().ContainsAny('*', '?'))
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (MatchesGlob(names[i], pattern))
                    marked[i] = any = true;
            }
        }
        else if (!literal && FindRange(pattern, part, positions) is var (first, last))
        {
            Array.Fill(marked, true, first, last - first + 1);
            any = true;
        }
        if (!any)
            throw new ItemListException($"'{part}' in the item list matches no item. {NearNames.Suggest(name, names)} Check the spelling; case matters.");
    }

    private static (int First, int Last)? FindRange(string pattern, string part, Dictionary<string, int> positions)
    {
        (int First, int Last)? found = null;
        for (int dash = pattern.IndexOf('-'); dash >= 0; dash = pattern.IndexOf('-', dash + 1))
        {
            if (!positions.TryGetValue(pattern[..dash].Trim(), out int first) || !positions.TryGetValue(pattern[(dash + 1)..].Trim(), out int last))
                continue;
            if (found is not null)
                throw new ItemListException($"The range '{part}' in the item list can be read in two ways, since names hold '-'. List its items by name or with a glob.");
            if (last < first)
                throw new ItemListException($"The range '{part}' in the item list runs backwards: '{pattern[(dash + 1)..].Trim()}' comes before '{pattern[..dash].Trim()}'. Swap the two.");
            found = (first, last);
        }
        return found;
    }

    // On a mismatch after a star, the star takes one character more and matching resumes behind it.
    private static bool MatchesGlob(string name, string glob)
    {
        int i = 0;
        int g = 0;
        int star = -1;
        int resume = 0;
        while (i < name.Length)
        {
            if (g < glob.Length && glob[g] == '*')
            {
                star = g++;
                resume = i;
            }
            else if (g < glob.Length && (glob[g] == '?' || glob[g] == name[i]))
            {
                g++;
                i++;
            }
            else if (star >= 0)
            {
                g = star + 1;
                i = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (g < glob.Length && glob[g] == '*')
            g++;
        return g == glob.Length;
    }
}
