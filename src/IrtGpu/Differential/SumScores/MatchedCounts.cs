using IrtGpu.Data;

namespace IrtGpu.Differential.SumScores;

/// <summary>How many persons of each group with each sum score gave each category of one item.</summary>
/// <param name="GroupCount">Groups, that of reference first.</param>
/// <param name="CategoryCount">Categories.</param>
/// <param name="Scores">Sum scores that somebody has, ascending. [stratum]</param>
/// <param name="Counts">[stratum, group, category]</param>
internal sealed record MatchedCounts(int GroupCount, int CategoryCount, double[] Scores, double[] Counts)
{
    /// <summary>Number of strata.</summary>
    public int StratumCount => Scores.Length;

    /// <summary>Persons of a group in a stratum who gave a category.</summary>
    public double this[int stratum, int group, int category] => Counts[(stratum * GroupCount + group) * CategoryCount + category];

    /// <summary>Persons of a group in a stratum.</summary>
    public double Persons(int stratum, int group)
    {
        double sum = 0;
        for (int category = 0; category < CategoryCount; category++)
            sum += this[stratum, group, category];
        return sum;
    }

    /// <summary>Counts the persons who answered the studied item and all that match.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="order">Groups, that of reference first.</param>
    /// <param name="studied">The item.</param>
    /// <param name="matching">Items of the sum score.</param>
    /// <param name="answered">Receives the share of those who answered the studied item that are counted.</param>
    public static MatchedCounts Of(PatternTable patterns, int[] order, int studied, int[] matching, out double answered)
    {
        int categoryCount = patterns.CategoryCount[studied];
        int most = matching.Sum(item => patterns.CategoryCount[item] - 1);
        double[] all = new double[(most + 1) * order.Length * categoryCount];
        int[] place = new int[order.Length];
        for (int position = 0; position < order.Length; position++)
            place[order[position]] = position;
        double total = 0;
        double counted = 0;
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            ReadOnlySpan<byte> row = patterns.Row(pattern);
            if (row[studied] == ResponseData.Missing)
                continue;
            total += patterns.Frequency[pattern];
            int score = 0;
            bool isComplete = true;
            foreach (int item in matching)
            {
                isComplete &= row[item] != ResponseData.Missing;
                score += row[item];
            }
            if (!isComplete)
                continue;
            counted += patterns.Frequency[pattern];
            all[(score * order.Length + place[patterns.Groups[pattern]]) * categoryCount + row[studied]] += patterns.Frequency[pattern];
        }
        answered = total > 0 ? counted / total : 0;
        int width = order.Length * categoryCount;
        int[] used = [.. Enumerable.Range(0, most + 1).Where(score => all.AsSpan(score * width, width).ContainsAnyExcept(0.0))];
        return new MatchedCounts(order.Length, categoryCount, [.. used.Select(score => (double)score)], [.. used.SelectMany(score => all[(score * width)..((score + 1) * width)])]);
    }
}
