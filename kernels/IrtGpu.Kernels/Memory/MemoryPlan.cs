using System.Globalization;
using IrtGpu.Compute.Devices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Memory;

/// <summary>The sizes that decide how much memory a problem takes on a device.</summary>
/// <param name="PatternCount">P.</param>
/// <param name="ItemCount">I.</param>
/// <param name="RowCount">Category rows C.</param>
/// <param name="NodeCount">Nodes L of a block.</param>
/// <param name="AttributeCount">J.</param>
/// <param name="ClassCount">K.</param>
/// <param name="BlockCount">Groups times classes.</param>
/// <param name="TableCount">Distinct item tables.</param>
/// <param name="NodeSetCount">Distinct sets of nodes.</param>
/// <param name="AnsweredSetCount">Distinct sets of answered items where E-steps go through weighted scores; 0 where through tables.</param>
internal sealed record ProblemSize(
    long PatternCount, int ItemCount, int RowCount, int NodeCount, int AttributeCount, int ClassCount, int BlockCount, int TableCount, int NodeSetCount,
    int AnsweredSetCount = 0)
{
    /// <summary>The sizes of a plan and its data.</summary>
    public static ProblemSize Of(CalibrationPlan plan, long patternCount, int answeredSetCount = 0) => new(
        patternCount, plan.ItemCount, plan.RowCount, plan.NodeCount, plan.AttributeCount, plan.ClassCount, plan.Blocks.Count, plan.Tables.Count,
        plan.NodeSetCount, answeredSetCount);

    /// <summary>Words of four responses that a pattern takes.</summary>
    public int WordCount => (ItemCount + MemoryPlan.ItemsPerWord - 1) / MemoryPlan.ItemsPerWord;

    /// <summary>Nodes with padding.</summary>
    public int PaddedNodeCount => MemoryPlan.RoundUp(NodeCount, MemoryPlan.NodeMultiple);

    /// <summary>Derived pairs of attributes.</summary>
    public int CovarianceCount => PackedTriangle.Length(AttributeCount);

    /// <summary>Weight, then the mean of each attribute: what the weighted-score form sums by response; as many as intercept sum and weighted scores.</summary>
    public int MomentCount => 1 + AttributeCount;

    /// <summary>Powers 1, θ_j and θ_j θ_k whose sums over the nodes a population's update needs.</summary>
    public int PowerCount => 1 + AttributeCount + CovarianceCount;

    /// <summary>Nodes that one thread sums a power over: about as many as there are runs to be added afterwards.</summary>
    public int PowerRunLength => Math.Max(MemoryPlan.ChunkLength, (int)Math.Sqrt(PaddedNodeCount));

    /// <summary>Runs of nodes of a power.</summary>
    public int PowerRunCount => (PaddedNodeCount + PowerRunLength - 1) / PowerRunLength;

    /// <summary>Observed groups.</summary>
    public int GroupCount => BlockCount / ClassCount;
}

/// <summary>How a problem is cut to fit a device: patterns resident or streamed, pattern tiles, node tiles, slices.</summary>
/// <param name="Size">What is to be computed.</param>
/// <param name="NodeTileWidth">Nodes of a tile, a multiple of <see cref="NodeMultiple"/>; all of them where they fit.</param>
/// <param name="PatternTileCapacity">Patterns of a tile.</param>
/// <param name="SliceCount">Parts of a pattern tile with counts of their own, for parallelism.</param>
/// <param name="IsResident">Whether all responses stay on the device; else every E-step uploads them tile by tile.</param>
/// <param name="LaneCount">Parts of a run of patterns with node totals of their own, in the weighted-score form.</param>
/// <param name="RunCapacity">Patterns of a launch in the weighted-score form, where responses stay; else those of a tile.</param>
/// <param name="ScoreChunkCount">Parts of a tile's nodes that are summed apart in the weighted-score form.</param>
internal sealed record MemoryPlan(
    ProblemSize Size, int NodeTileWidth, int PatternTileCapacity, int SliceCount, bool IsResident, int LaneCount = 1, int RunCapacity = 0, int ScoreChunkCount = 1)
{
    /// <summary>Responses in one 32-bit word.</summary>
    public const int ItemsPerWord = 4;

    /// <summary>Neighbouring nodes that one thread computes, and what node counts are padded to.</summary>
    public const int NodeMultiple = 4;

    /// <summary>(class, node) rows of a tile that one thread normalises.</summary>
    public const int ChunkLength = 64;

    private const int SmallestPatternTile = 32;
    private const int SmallestNodeTile = 256;
    private const long TargetTileCells = 1L << 22; // 32 MiB of doubles: stays in the second-level cache of large devices
    private const long LargestTileCells = 1L << 30; // indices of a launch are 32-bit
    private const int PatternStateBytes = sizeof(double) + sizeof(int); // frequency, known class
    private const int LargestLaneCount = 4096; // 32 threads add the lanes of a node
    private const int LargestMomentSliceCount = 2048; // 32 threads add the slices of a moment
    private const int ShortestScoreChunk = 16; // nodes: a thread sums up a pattern's responses before
    private const long LargestRun = 128L << 20; // bytes of what patterns have in the weighted-score form
    private const long LargestShares = 32L << 20;
    private const int SegmentInts = 4;
    private const long LargestReduction = 32L << 20;
    private const double UsableShare = 0.9; // the driver and the code need some, too

    /// <summary>Tiles that the nodes are cut into.</summary>
    public int NodeTileCount => (Size.PaddedNodeCount + NodeTileWidth - 1) / NodeTileWidth;

    /// <summary>Normalisation chunks of a tile.</summary>
    public int ChunkCount => (Size.ClassCount * NodeTileWidth + ChunkLength - 1) / ChunkLength;

    /// <summary>Log probabilities of all items at the nodes of a tile. [table, row, node]</summary>
    public long TableBytes => sizeof(double) * (long)Size.TableCount * Size.RowCount * NodeTileWidth;

    /// <summary>Whether E-steps go through weighted scores.</summary>
    public bool IsByScore => Size.AnsweredSetCount > 0;

    /// <summary>Slices of the counts by node; those of the weighted-score form are by moment.</summary>
    public int CountSliceCount => IsByScore ? 1 : SliceCount;

    /// <summary>Expected counts and node totals. [slice][table, row, node] and [slice][block, node]; in the weighted-score form
    /// [table, row, node], [block, set, node] and [slice][table, row, moment].</summary>
    public long CountBytes => IsByScore
        ? sizeof(double) * (((long)Size.TableCount * Size.RowCount + Size.BlockCount * (1L + Size.AnsweredSetCount)) * NodeTileWidth
            + (long)SliceCount * Size.TableCount * Size.RowCount * Size.MomentCount)
        : sizeof(double) * (long)SliceCount * ((long)Size.TableCount * Size.RowCount + Size.BlockCount) * NodeTileWidth;

    /// <summary>Most patterns of a launch in the weighted-score form.</summary>
    public int PatternsOfRun => IsResident ? Math.Max(RunCapacity, PatternTileCapacity) : PatternTileCapacity;

    /// <summary>Patterns that one thread walks at a node, at most.</summary>
    public int SegmentLength => (PatternsOfRun + LaneCount - 1) / LaneCount;

    /// <summary>Nodes of a chunk in the weighted-score form, a multiple of <see cref="NodeMultiple"/>.</summary>
    public int ScoreChunkLength => RoundUp((NodeTileWidth + ScoreChunkCount - 1) / ScoreChunkCount, NodeMultiple);

    /// <summary>What weighted scores need beside: log priors by set, scores and moments of the patterns of a run, node totals by lane.</summary>
    public long WeightedScoreBytes => !IsByScore ? 0
        : ShareBytes + RunBytes
            + sizeof(double) * ((long)Size.BlockCount * Size.AnsweredSetCount * NodeTileWidth + (long)Size.TableCount * Size.RowCount * Size.MomentCount)
            + sizeof(int) * ((long)Size.AnsweredSetCount * (Size.ItemCount + Size.GroupCount) + Size.PatternCount + SegmentInts * MostSegments);

    /// <summary>Node totals by lane: a set of answered items has as many shares as it can have segments in a run.</summary>
    private long ShareBytes => sizeof(double) * (long)Size.ClassCount * NodeTileWidth * (SetsOfGroups
        + Math.Min(Size.PatternCount / SegmentLength, SetsOfGroups * LaneCount));

    private long RunBytes => sizeof(double) * (long)PatternsOfRun
        * (1L + Size.ClassCount * (1L + 2L * Size.MomentCount + ScoreChunkCount * (1L + Size.MomentCount)) + (NodeTileCount == 1 ? 3 : 0));

    private long SetsOfGroups => (long)Size.GroupCount * Size.AnsweredSetCount;

    private long MostSegments => Size.PatternCount / SegmentLength + Size.PatternCount / PatternsOfRun + Size.GroupCount + SetsOfGroups;

    /// <summary>Posterior of a pattern tile with its chunk sums, and room to reduce it to scores. [class, node, pattern]</summary>
    public long PosteriorBytes => sizeof(double) * (long)PatternTileCapacity
        * ((long)Size.ClassCount * NodeTileWidth + 2L * ChunkCount + (NodeTileCount == 1 ? ScoreDoubles : 0));

    /// <summary>Responses, frequencies and known classes: of all patterns, or of two tiles.</summary>
    public long PatternBytes => (IsResident ? Size.PatternCount : 2L * PatternTileCapacity) * (Size.WordCount * (long)sizeof(int) + PatternStateBytes);

    /// <summary>Largest term and sum of each pattern: of all patterns where nodes are tiled, else of a tile.</summary>
    public long NormalizerBytes => 3L * sizeof(double) * (NodeTileCount > 1 ? Size.PatternCount : PatternTileCapacity);

    /// <summary>Nodes and log weights of all blocks, and of the grid where nodes move; parameters of items and populations.</summary>
    public long ParameterBytes => sizeof(double)
        * ((long)Size.PaddedNodeCount * ((long)Size.NodeSetCount * Size.AttributeCount + Size.BlockCount)
            + (Size.NodeSetCount > 1 ? (long)Size.PaddedNodeCount * (Size.AttributeCount + 1) : 0)
            + (long)Size.BlockCount * (3 + Size.AttributeCount * (1 + Size.AttributeCount))
            + (long)Size.TableCount * ((long)Size.ItemCount * (Size.AttributeCount + 2) + 4L * Size.RowCount));

    /// <summary>Partial sums of item derivatives; none where nodes are tiled, since counts then do not stay.</summary>
    public long ReductionBytes => NodeTileCount > 1 ? 0 : Math.Min(LargestReduction, 4 * TableBytes); // of a thread for four nodes

    /// <summary>Partial sums of the powers of populations; none where nodes are tiled.</summary>
    public long PowerBytes => NodeTileCount > 1 ? 0
        : sizeof(double) * (long)Size.PowerRunCount * Size.BlockCount * Size.PowerCount + sizeof(int) * (long)Size.BlockCount;

    /// <summary>All of it.</summary>
    public long TotalBytes => TableBytes + CountBytes + PosteriorBytes + PatternBytes + NormalizerBytes + ParameterBytes + ReductionBytes + PowerBytes
        + WeightedScoreBytes;

    /// <summary>Threads of the widest launch.</summary>
    private long LargestLaunch => Math.Max(
        (long)PatternTileCapacity * Size.ClassCount * NodeTileWidth,
        Math.Max(
            Math.Max(Math.Max((long)Size.TableCount * Size.RowCount, Size.WordCount), (long)Size.BlockCount * Size.AnsweredSetCount) * NodeTileWidth,
            IsByScore ? Size.ClassCount * Math.Max((long)PatternsOfRun * ScoreChunkCount, (SetsOfGroups + LaneCount) * NodeTileWidth) : 0));

    /// <summary>Runs of nodes of one class that one thread reduces when scoring.</summary>
    public int ScoreChunksPerClass => (NodeTileWidth + ChunkLength - 1) / ChunkLength;

    /// <summary>Sums of a score chunk: total, largest, its node, then moments of the first or second order.</summary>
    public int ScoreSums => 3 + Size.CovarianceCount;

    /// <summary>Scores of a pattern: mean, covariance, class probabilities, mode.</summary>
    public int ScoreRows => Size.AttributeCount + Size.CovarianceCount + Size.ClassCount + 1;

    private long ScoreDoubles => (long)Size.ClassCount * ScoreChunksPerClass * ScoreSums + ScoreRows;

    /// <summary>Cuts a problem so that it fits and keeps the device busy.</summary>
    /// <remarks>
    /// All nodes at once with resident patterns, else with streamed patterns; node tiles, which compute likelihoods twice,
    /// only where tables and counts do not fit otherwise. Then tiles and slices grow as far as they help and there is room.
    /// </remarks>
    /// <param name="size">What is to be computed.</param>
    /// <param name="availableBytes">Free memory of the device.</param>
    /// <param name="threadTarget">Threads that keep the device busy.</param>
    /// <param name="device">Its name, for the message.</param>
    /// <exception cref="DeviceMemoryException">Not even the smallest tiles fit.</exception>
    public static MemoryPlan Create(ProblemSize size, long availableBytes, long threadTarget, string device)
    {
        long budget = (long)(availableBytes * UsableShare);
        int smallestTile = (int)Math.Clamp(size.PatternCount, 1, SmallestPatternTile);
        int width = size.PaddedNodeCount;
        while (true)
        {
            MemoryPlan resident = new(size, width, smallestTile, SliceCount: 1, IsResident: true);
            MemoryPlan streamed = resident with { IsResident = false };
            bool launchable = resident.LargestLaunch <= LargestTileCells;
            if (launchable && resident.TotalBytes <= budget)
                return resident.Grow(budget, threadTarget);
            if (launchable && streamed.TotalBytes <= budget)
                return streamed.Grow(budget, threadTarget);
            if (width <= SmallestNodeTile)
                throw Refusal(streamed, availableBytes, device);
            width = Math.Max(RoundUp((width + 1) / 2, NodeMultiple), SmallestNodeTile);
        }
    }

    /// <summary>Model points that fit side by side into what is free beside this plan, within the range of a launch.</summary>
    /// <param name="wanted">How many there are.</param>
    /// <param name="availableBytes">Memory free beside the plan; a quarter of it is left for others.</param>
    /// <param name="bytesBeside">What a point takes beside what is planned here.</param>
    public int PointCapacity(int wanted, long availableBytes, long bytesBeside = 0)
    {
        long fitting = Math.Max(0, availableBytes) / 4 * 3 / (TotalBytes - PatternBytes + bytesBeside);
        return (int)Math.Min(wanted, Math.Min(fitting, LargestTileCells / LargestLaunch));
    }

    /// <summary>One sentence: what goes where.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ByteCount.Show(TotalBytes)} on the device: tables {ByteCount.Show(TableBytes)}, counts {ByteCount.Show(CountBytes)} in {SliceCount} slices{(IsByScore ? $", weighted scores {ByteCount.Show(WeightedScoreBytes)}" : "")}, posterior {ByteCount.Show(PosteriorBytes)} in tiles of {PatternTileCapacity} patterns, responses {ByteCount.Show(PatternBytes)} {(IsResident ? "resident" : "streamed")}, {NodeTileCount} node {(NodeTileCount == 1 ? "tile" : "tiles")}");

    internal static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static DeviceMemoryException Refusal(MemoryPlan least, long availableBytes, string device)
    {
        long needed = (long)(least.TotalBytes / UsableShare);
        return new DeviceMemoryException(
            $"{device} has {ByteCount.Show(availableBytes)} of free memory; this problem needs at least {ByteCount.Show(needed)} in its smallest tiles "
            + $"(tables {ByteCount.Show(least.TableBytes)}, counts {ByteCount.Show(least.CountBytes)}, nodes and parameters {ByteCount.Show(least.ParameterBytes)}, "
            + $"normalisers {ByteCount.Show(least.NormalizerBytes)}). Use fewer --nodes, fewer groups or classes with parameters of their own, or --device cpu.",
            needed,
            availableBytes);
    }

    private MemoryPlan Grow(long budget, long threadTarget)
    {
        MemoryPlan plan = this;
        long cellsPerPattern = (long)Size.ClassCount * NodeTileWidth;
        long wanted = Math.Min(Math.Max(TargetTileCells, 2 * threadTarget), LargestTileCells) / cellsPerPattern;
        int largest = (int)Math.Clamp(wanted, PatternTileCapacity, Math.Max(Size.PatternCount, 1));
        while (plan.PatternTileCapacity < largest)
        {
            MemoryPlan larger = plan with { PatternTileCapacity = (int)Math.Min(2L * plan.PatternTileCapacity, largest) };
            if (larger.TotalBytes > budget)
                break;
            plan = larger;
        }
        if (IsByScore)
            plan = plan.GrowRuns(budget, threadTarget);
        long slices = IsByScore
            ? Math.Min(Math.Min(threadTarget / (Size.WordCount * ((Size.MomentCount + 1L) / 2)), plan.PatternsOfRun / SmallestPatternTile), LargestMomentSliceCount)
            : Math.Min(threadTarget / ((long)Size.WordCount * NodeTileWidth), plan.PatternTileCapacity / SmallestPatternTile);
        for (; slices > 1; slices /= 2)
        {
            MemoryPlan sliced = plan with { SliceCount = (int)slices };
            if (sliced.TotalBytes <= budget && sliced.CountBytes <= budget / 4)
                return sliced;
        }
        return plan;
    }

    /// <summary>Runs of patterns, chunks of nodes and lanes of the weighted-score form.</summary>
    private MemoryPlan GrowRuns(long budget, long threadTarget)
    {
        MemoryPlan plan = this;
        while (true)
        {
            int run = IsResident ? (int)Math.Min(2L * plan.PatternsOfRun, Size.PatternCount) : PatternTileCapacity;
            long chunks = Math.Clamp(2 * threadTarget / ((long)run * Size.ClassCount), 1, (NodeTileWidth + ShortestScoreChunk - 1) / ShortestScoreChunk);
            MemoryPlan larger = plan with { RunCapacity = run, ScoreChunkCount = (int)chunks };
            if (larger.TotalBytes > budget || larger.RunBytes > LargestRun || larger.LargestLaunch > LargestTileCells)
                break;
            bool isLargest = run == plan.PatternsOfRun;
            plan = larger;
            if (isLargest)
                break;
        }
        long lanes = Math.Min(Math.Min(NodeMultiple * threadTarget / ((long)Size.ClassCount * NodeTileWidth), plan.PatternsOfRun / SmallestPatternTile), LargestLaneCount);
        for (; lanes > 1; lanes /= 2)
        {
            MemoryPlan laned = plan with { LaneCount = (int)lanes };
            if (laned.TotalBytes <= budget && laned.ShareBytes <= LargestShares)
                return laned;
        }
        return plan;
    }
}
