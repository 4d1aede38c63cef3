using System.Globalization;
using IrtGpu.Data.Coding;

namespace IrtGpu.Data.Review;

/// <summary>Finds columns that are, but for a constant, the sum of all others, or of those that stand before or behind them.</summary>
internal static class SumColumns
{
    private const int FewestRows = 10; // that must agree

    /// <summary>Different sums there are at least, among these.</summary>
    public const int FewestSums = 3;

    /// <summary>Position of each sum, and the columns that it sums in words.</summary>
    /// <param name="rows">Categories. [person][item]</param>
    /// <param name="codes">Codes of the items; empty for columns that are left out. [item][category]</param>
    /// <param name="names">Names. [item]</param>
    public static IEnumerable<(int Item, string Others)> Find(CodedRows rows, int[][] codes, string[] names)
    {
        int[] span = [.. codes.Select(own => own.Length < 2 ? 0 : (int)Math.Min(int.MaxValue, (long)own[^1] - own[0]))];
        List<Candidate> candidates = [];
        for (int item = 0; item < codes.Length; item++)
        {
            if (codes[item].Length <= FewestSums)
                continue;
            int before = item;
            while (before > 0 && codes[before - 1].Length > 0 && span[before - 1] < span[item])
                before--;
            int behind = item + 1;
            while (behind < codes.Length && codes[behind].Length > 0 && span[behind] < span[item])
                behind++;
            candidates.AddRange(Enumerable.Range(before, Math.Max(0, item - 1 - before)).Select(first => new Candidate(item, first, item)));
            candidates.AddRange(Enumerable.Range(item + 3, Math.Max(0, behind - item - 2)).Select(end => new Candidate(item, item + 1, end)));
            if (before == 0 && behind == codes.Length && before < item && item + 1 < behind)
                candidates.Add(new Candidate(item, 0, codes.Length));
        }
        return Test(rows, codes, candidates).GroupBy(candidate => candidate.Item)
            .Select(found => (found.Key, Describe(found.MaxBy(candidate => candidate.End - candidate.First)!, names)));
    }

    private static List<Candidate> Test(CodedRows rows, int[][] codes, List<Candidate> candidates)
    {
        long[] sums = new long[codes.Length + 1]; // of the codes before a column
        int[] missing = new int[codes.Length + 1]; // how many of them are missing
        for (int person = 0; person < rows.RowCount && candidates.Count > 0; person++)
        {
            ReadOnlySpan<byte> row = rows[person];
            for (int item = 0; item < row.Length; item++)
            {
                bool isMissing = codes[item].Length == 0 || row[item] == ResponseData.Missing;
                sums[item + 1] = sums[item] + (isMissing ? 0 : codes[item][row[item]]);
                missing[item + 1] = missing[item] + (isMissing && codes[item].Length > 0 ? 1 : 0);
            }
            candidates.RemoveAll(candidate => !candidate.Agrees(sums, missing));
        }
        return [.. candidates.Where(candidate => candidate.IsFound)];
    }

    private static string Describe(Candidate found, string[] names)
    {
        string[] others = [.. Enumerable.Range(found.First, found.End - found.First).Where(item => item != found.Item).Select(item => names[item])];
        return string.Create(CultureInfo.InvariantCulture, $"{others.Length} other columns, '{others[0]}' to '{others[^1]}'");
    }

    /// <summary>A column, and those that it may sum.</summary>
    private sealed record Candidate(int Item, int First, int End)
    {
        private readonly HashSet<long> values = [];
        private long? difference;
        private int agreeing;

        public bool IsFound => agreeing >= FewestRows && values.Count >= FewestSums;

        /// <summary>Whether a person's codes agree with it; persons who lack one of them do.</summary>
        public bool Agrees(long[] sums, int[] missing)
        {
            long own = sums[Item + 1] - sums[Item];
            if (missing[End] != missing[First] || missing[Item + 1] != missing[Item])
                return true;
            long others = sums[End] - sums[First] - (Item >= First && Item < End ? own : 0);
            difference ??= own - others;
            if (own - others != difference)
                return false;
            agreeing++;
            if (values.Count < FewestSums)
                values.Add(own);
            return true;
        }
    }
}
