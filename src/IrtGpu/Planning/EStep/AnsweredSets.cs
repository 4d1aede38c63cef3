using System.Text;
using IrtGpu.Data;

namespace IrtGpu.Planning.EStep;

/// <summary>Distinct sets of answered items, such as booklets.</summary>
internal sealed class AnsweredSets
{
    private AnsweredSets(int[] setOfPattern, List<bool[]> isAnswered)
    {
        SetOfPattern = setOfPattern;
        IsAnswered = isAnswered;
    }

    public int[] SetOfPattern { get; } // [pattern]

    public IReadOnlyList<bool[]> IsAnswered { get; } // [set][item]

    /// <summary>Finds the sets among some items; null where there are too many.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="items">The items.</param>
    /// <param name="largestCount">Most sets.</param>
    public static AnsweredSets? TryFind(PatternTable patterns, int[] items, int largestCount)
    {
        int[] setOfPattern = new int[patterns.PatternCount];
        List<bool[]> isAnswered = [];
        Dictionary<string, int> known = [];
        StringBuilder key = new(items.Length / 15 + 1);
        int complete = -1;
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            ReadOnlySpan<byte> row = patterns.Row(pattern);
            bool isComplete = !row.Contains(ResponseData.Missing);
            if (isComplete && complete >= 0)
            {
                setOfPattern[pattern] = complete;
                continue;
            }
            string mask = KeyOf(row, items, key);
            if (!known.TryGetValue(mask, out int set))
            {
                set = isAnswered.Count;
                if (set == largestCount)
                    return null;
                known[mask] = set;
                bool[] answered = new bool[row.Length];
                foreach (int item in items)
                    answered[item] = row[item] != ResponseData.Missing;
                isAnswered.Add(answered);
            }
            setOfPattern[pattern] = set;
            if (isComplete)
                complete = set;
        }
        return new AnsweredSets(setOfPattern, isAnswered);
    }

    private static string KeyOf(ReadOnlySpan<byte> row, int[] items, StringBuilder key)
    {
        key.Clear();
        for (int start = 0; start < items.Length; start += 15)
        {
            int bits = 0;
            for (int k = start; k < Math.Min(start + 15, items.Length); k++)
                bits |= (row[items[k]] == ResponseData.Missing ? 0 : 1) << (k - start);
            key.Append((char)(bits + 1));
        }
        return key.ToString();
    }
}
