using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>Patterns of one observed group that answer the same items.</summary>
/// <param name="Group">Observed group.</param>
/// <param name="Set">Answered set.</param>
/// <param name="Begin">First position in the order of <see cref="WeightedScoreStrata"/>.</param>
/// <param name="End">Position after the last.</param>
internal sealed record WeightedScoreRun(int Group, int Set, int Begin, int End);

/// <summary>The patterns in an order in which those of one observed group and one set of answered items stand together, cut into shards.</summary>
/// <remarks>Order and shards are those of the data and the plan, so that sums do not depend on the number of threads.</remarks>
internal sealed class WeightedScoreStrata
{
    private const int PatternsPerShard = 4096;
    private const int LargestShardCount = 64;

    private readonly int[]? order; // pattern of each position; null: the patterns stand together as they are

    /// <summary>Orders and cuts.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="sets">Distinct sets of answered items.</param>
    /// <param name="groupCount">Number of observed groups.</param>
    /// <param name="affordableShards">Shards that memory allows for, at least 1.</param>
    public WeightedScoreStrata(PatternTable patterns, AnsweredSets sets, int groupCount, long affordableShards)
    {
        int setCount = sets.IsAnswered.Count;
        int StratumOf(int pattern) => patterns.Groups[pattern] * setCount + sets.SetOfPattern[pattern];
        int[] begin = CountingSort.Begin(patterns.PatternCount, setCount * groupCount, StratumOf);
        for (int pattern = 1; pattern < patterns.PatternCount && order is null; pattern++)
        {
            if (StratumOf(pattern) < StratumOf(pattern - 1))
                order = CountingSort.Order(begin, StratumOf);
        }
        Shards shards = Foundation.Sharding.Shards.Cut(patterns.PatternCount, PatternsPerShard, Math.Min(affordableShards, LargestShardCount));
        Shards = [.. Enumerable.Range(0, shards.Count).Select(shard => Cut(begin, setCount, shards.Begin(shard), shards.End(shard)))];
    }

    /// <summary>Runs of each shard, in order. [shard][run]</summary>
    public WeightedScoreRun[][] Shards { get; }

    /// <summary>Whether positions are patterns.</summary>
    public bool IsDataOrder => order is null;

    /// <summary>The pattern at a position.</summary>
    public int PatternAt(int position) => order is null ? position : order[position];

    /// <summary>The strata's parts between two positions.</summary>
    private static WeightedScoreRun[] Cut(int[] begin, int setCount, int first, int end)
    {
        List<WeightedScoreRun> runs = [];
        for (int stratum = 0; stratum < begin.Length - 1; stratum++)
        {
            (int from, int to) = (Math.Max(first, begin[stratum]), Math.Min(end, begin[stratum + 1]));
            if (from < to)
                runs.Add(new WeightedScoreRun(stratum / setCount, stratum % setCount, from, to));
        }
        return [.. runs];
    }
}
