using IrtGpu.Kernels.Memory;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>Cuts runs of patterns into segments of one set of answered items, each with a share for its node totals.</summary>
/// <remarks>A set of a group has as many shares as it can have segments in a run; runs add to them in turn.</remarks>
internal sealed class ScoreSegments
{
    /// <summary>Cuts the runs.</summary>
    /// <param name="runs">Runs.</param>
    /// <param name="groupCount">Observed groups.</param>
    /// <param name="setCount">Sets of answered items.</param>
    /// <param name="setOfPosition">Set of each pattern; patterns of one set in one group lie together. [position]</param>
    /// <param name="segmentLength">Most patterns of a segment.</param>
    public ScoreSegments(IReadOnlyList<TileRun> runs, int groupCount, int setCount, int[] setOfPosition, int segmentLength)
    {
        List<ScoreSegment> all = [];
        int[] shareCount = new int[groupCount * setCount];
        FirstOfRun = new int[runs.Count + 1];
        for (int run = 0; run < runs.Count; run++)
        {
            PatternTile patterns = runs[run].Patterns;
            int index = 0; // among those of its set in the run
            for (int first = 0; first < patterns.Count;)
            {
                int set = setOfPosition[patterns.First + first];
                int end = first + 1;
                while (end < patterns.Count && end - first < segmentLength && setOfPosition[patterns.First + end] == set)
                    end++;
                index = first > 0 && setOfPosition[patterns.First + first - 1] == set ? index + 1 : 0;
                all.Add(new ScoreSegment { First = first, End = end, Set = set, Share = index });
                int cell = patterns.Group * setCount + set;
                shareCount[cell] = Math.Max(shareCount[cell], index + 1);
                first = end;
            }
            FirstOfRun[run + 1] = all.Count;
        }
        FirstShare = new int[shareCount.Length + 1];
        for (int cell = 0; cell < shareCount.Length; cell++)
            FirstShare[cell + 1] = FirstShare[cell] + shareCount[cell];
        MostShares = shareCount.Max();
        for (int run = 0; run < runs.Count; run++)
        {
            for (int segment = FirstOfRun[run]; segment < FirstOfRun[run + 1]; segment++)
                all[segment] = all[segment] with { Share = FirstShare[runs[run].Patterns.Group * setCount + all[segment].Set] + all[segment].Share };
        }
        All = [.. all];
    }

    /// <summary>Segments of all runs.</summary>
    public ScoreSegment[] All { get; }

    /// <summary>First segment of each run, and the end. [run]</summary>
    public int[] FirstOfRun { get; }

    /// <summary>First share of each set of a group, and the end. [group, set]</summary>
    public int[] FirstShare { get; }

    /// <summary>Shares of the set that has most.</summary>
    public int MostShares { get; }

    /// <summary>Shares of all.</summary>
    public int ShareCount => FirstShare[^1];

    /// <summary>Set of the pattern at each position.</summary>
    /// <param name="order">Pattern at each position.</param>
    /// <param name="sets">Sets by pattern.</param>
    public static int[] SetOfPosition(int[] order, AnsweredSets sets) => [.. order.Select(pattern => sets.SetOfPattern[pattern])];
}
