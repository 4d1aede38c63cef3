using ILGPU;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;

namespace IrtGpu.Kernels.EStep;

/// <summary>What the weighted-score E-step has beside the tile. Score columns are intercept sum, then score by attribute.</summary>
internal readonly struct WeightedScoreViews
{
    public int AttributeCount { get; init; }

    public int ItemCount { get; init; }

    public int SetCount { get; init; }

    /// <summary>Score columns with padding.</summary>
    public int ScoreStride { get; init; }

    /// <summary>Runs of nodes of one class; the tile's chunk count is this times its classes.</summary>
    public int ChunksPerClass { get; init; }

    /// <summary>Parts that a tile's patterns are dealt to for node totals.</summary>
    public int LaneCount { get; init; }

    /// <summary>Elements of a node set.</summary>
    public long ThetaStride { get; init; }

    public ArrayView<int> IsAnswered { get; init; } // [set, item] 0 or 1

    public ArrayView<int> NodeSetOfBlock { get; init; } // [block]

    public ArrayView<double> Theta { get; init; } // [node set, node, attribute]

    public ArrayView<double> LogPrior { get; init; } // [block, set, node of the tile]: log τ + log π − Σ log partition

    public ArrayView<double> Scores { get; init; } // [class, score column, pattern]

    public ArrayView<double> ChunkMoments { get; init; } // [chunk, 1 + attribute, pattern]: Σ e and Σ e θ

    public ArrayView<double> Moments { get; init; } // [class, 1 + attribute, pattern]: weight and weight · E θ

    public ArrayView<double> LaneTotals { get; init; } // [lane, class, node of the tile]

    public ArrayView<double> Totals { get; init; } // [block, set, node of the tile]
}

/// <summary>
/// The E-step of one tile for items of the exponential family: with t the weighted scores of a pattern and c its intercept sum,
/// ℓ = c + t·θ + log τ + log π − A(θ), A the sum of the log partition functions of the answered items.
/// </summary>
/// <remarks>
/// All patterns of a tile answer the same items. The tile's buffer holds exp(ℓ − m of the chunk) alone, is written once and read once;
/// moments of θ come along with the sums of the chunks. As in <see cref="EStepKernels"/> every sum has one thread and an order.
/// </remarks>
internal static class WeightedScoreKernels
{
    /// <summary>log τ + log π − A of a (block, set) at one node; −A_i is the log-probability of an item's first category.</summary>
    /// <param name="cell">(block · sets + set) · L + node.</param>
    /// <param name="tile">Node tile.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="views">Sets; receives the log prior.</param>
    /// <param name="logProbability">log P. [table, row, node]</param>
    /// <param name="logWeight">log τ + log π; −∞ in the padding. [block, node]</param>
    public static void FillLogPrior(
        Index1D cell, TileShape tile, LayoutViews layout, WeightedScoreViews views, ArrayView<double> logProbability, ArrayView<double> logWeight)
    {
        int node = cell.X % tile.NodeCount;
        int blockSet = cell.X / tile.NodeCount;
        int set = blockSet % views.SetCount;
        int block = blockSet / views.SetCount;
        double sum = logWeight[(long)block * tile.WeightStride + tile.FirstNode + node];
        long table = (long)layout.TableOfBlock[block] * layout.RowCount * tile.NodeCount + node;
        for (int item = 0; item < views.ItemCount; item++)
        {
            if (views.IsAnswered[(long)set * views.ItemCount + item] != 0)
                sum += logProbability[table + (long)layout.FirstRow[item] * tile.NodeCount];
        }

        views.LogPrior[cell] = sum;
    }

    /// <summary>exp(ℓ − m) of one pattern at a run of nodes of one class, m the largest there, with its sum and its moments.</summary>
    /// <remarks>ℓ is computed twice rather than written and read. The first three attributes stay in registers.</remarks>
    /// <param name="cell">chunk · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="set">Set of answered items of the tile.</param>
    /// <param name="views">Scores, nodes, log prior; receives moments of the chunk.</param>
    /// <param name="terms">Receives exp(ℓ − m). [class, node, pattern]</param>
    /// <param name="normalizers">Receives the chunk's m and sum.</param>
    public static void ExponentiateScores(
        Index1D cell, TileShape tile, int set, WeightedScoreViews views, ArrayView<double> terms, NormalizerViews normalizers)
    {
        int pattern = cell.X % tile.PatternCount;
        int chunk = cell.X / tile.PatternCount;
        int k = chunk / views.ChunksPerClass;
        int first = chunk % views.ChunksPerClass * MemoryPlan.ChunkLength;
        int end = IntrinsicMath.Min(first + MemoryPlan.ChunkLength, tile.NodeCount);
        int block = tile.FirstBlock + k;
        long scores = (long)k * views.ScoreStride * tile.PatternStride + pattern;
        double intercept = views.Scores[scores];
        bool isPossible = intercept > double.NegativeInfinity; // false where a known membership rules the class out
        if (!isPossible)
            end = first;
        double t0 = isPossible ? views.Scores[scores + tile.PatternStride] : 0.0;
        double t1 = isPossible && views.AttributeCount > 1 ? views.Scores[scores + 2L * tile.PatternStride] : 0.0;
        double t2 = isPossible && views.AttributeCount > 2 ? views.Scores[scores + 3L * tile.PatternStride] : 0.0;
        long prior = ((long)block * views.SetCount + set) * tile.NodeCount;
        long theta = views.NodeSetOfBlock[block] * views.ThetaStride + (long)tile.FirstNode * views.AttributeCount;
        double largest = double.NegativeInfinity;
        for (int node = first; node < end; node++)
        {
            double value = LogTerm(tile, views, prior, theta, scores, node, t0, t1, t2);
            largest = value > largest ? value : largest;
        }

        // A chunk of nothing but −∞ has no largest term to subtract: its sum is 0.
        double shift = largest > double.NegativeInfinity ? largest : 0.0;
        double sum = 0.0, moment0 = 0.0, moment1 = 0.0, moment2 = 0.0;
        for (int node = first; node < end; node++)
        {
            double term = Elementary.Exp(LogTerm(tile, views, prior, theta, scores, node, t0, t1, t2) - shift);
            long position = theta + (long)node * views.AttributeCount;
            terms[(long)(k * tile.NodeCount + node) * tile.PatternStride + pattern] = term;
            sum += term;
            moment0 += term * views.Theta[position];
            if (views.AttributeCount > 1)
                moment1 += term * views.Theta[position + 1];
            if (views.AttributeCount > 2)
                moment2 += term * views.Theta[position + 2];
        }

        long output = (long)chunk * tile.PatternStride + pattern;
        normalizers.ChunkLargest[output] = isPossible ? largest + intercept : double.NegativeInfinity;
        normalizers.ChunkSum[output] = sum;
        long moments = (long)chunk * (1 + views.AttributeCount) * tile.PatternStride + pattern;
        views.ChunkMoments[moments] = sum;
        views.ChunkMoments[moments + tile.PatternStride] = moment0;
        if (views.AttributeCount > 1)
            views.ChunkMoments[moments + 2L * tile.PatternStride] = moment1;
        if (views.AttributeCount > 2)
            views.ChunkMoments[moments + 3L * tile.PatternStride] = moment2;
        for (int j = 3; j < views.AttributeCount; j++)
        {
            double moment = 0.0;
            for (int node = first; node < end; node++)
            {
                moment += terms[(long)(k * tile.NodeCount + node) * tile.PatternStride + pattern]
                    * views.Theta[theta + (long)node * views.AttributeCount + j];
            }

            views.ChunkMoments[moments + (1L + j) * tile.PatternStride] = moment;
        }

        // The totals read the whole tile: what a known membership rules out is 0 there.
        int last = IntrinsicMath.Min(first + MemoryPlan.ChunkLength, tile.NodeCount);
        for (int node = end; node < last; node++)
            terms[(long)(k * tile.NodeCount + node) * tile.PatternStride + pattern] = 0.0;
    }

    /// <summary>Σ over chunks of a class of weight (column 0) or weight · E θ_j, times the pattern's frequency.</summary>
    /// <param name="cell">(class · (1 + J) + column) · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="normalizers">Factors of the chunks.</param>
    /// <param name="views">In: moments of chunks; out: moments of classes.</param>
    public static void MergeMoments(Index1D cell, TileShape tile, PatternViews patterns, NormalizerViews normalizers, WeightedScoreViews views)
    {
        int pattern = cell.X % tile.PatternCount;
        int row = cell.X / tile.PatternCount;
        int columns = 1 + views.AttributeCount;
        int k = row / columns;
        int column = row % columns;
        double sum = 0.0;
        for (int chunk = k * views.ChunksPerClass; chunk < (k + 1) * views.ChunksPerClass; chunk++)
        {
            sum += normalizers.ChunkSum[(long)chunk * tile.PatternStride + pattern]
                * views.ChunkMoments[((long)chunk * columns + column) * tile.PatternStride + pattern];
        }

        views.Moments[(long)row * tile.PatternStride + pattern] = sum * patterns.Frequency[tile.FirstPattern + pattern];
    }

    /// <summary>Σ of weighted posteriors at one node of one class over the patterns of a lane: every LaneCount-th of the tile.</summary>
    /// <param name="cell">(class · L + node) · lanes + lane, so that neighbouring threads read neighbouring patterns.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="normalizers">Factors of the chunks.</param>
    /// <param name="terms">exp(ℓ − m of the chunk). [class, node, pattern]</param>
    /// <param name="views">Receives lane totals.</param>
    public static void SumLanes(
        Index1D cell, TileShape tile, PatternViews patterns, NormalizerViews normalizers, ArrayView<double> terms, WeightedScoreViews views)
    {
        int lane = cell.X % views.LaneCount;
        int row = cell.X / views.LaneCount;
        int chunk = row / tile.NodeCount * views.ChunksPerClass + row % tile.NodeCount / MemoryPlan.ChunkLength;
        double sum = 0.0;
        for (int pattern = lane; pattern < tile.PatternCount; pattern += views.LaneCount)
        {
            sum += terms[(long)row * tile.PatternStride + pattern] * normalizers.ChunkSum[(long)chunk * tile.PatternStride + pattern]
                * patterns.Frequency[tile.FirstPattern + pattern];
        }

        views.LaneTotals[(long)lane * tile.ClassCount * tile.NodeCount + row] = sum;
    }

    /// <summary>Adds the lanes of the tile, in order, to the node totals of its set.</summary>
    /// <param name="row">class · L + node.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="set">Set of answered items of the tile.</param>
    /// <param name="views">In: lane totals; added to: totals.</param>
    public static void AddLanes(Index1D row, TileShape tile, int set, WeightedScoreViews views)
    {
        int block = tile.FirstBlock + row.X / tile.NodeCount;
        double sum = 0.0;
        for (int lane = 0; lane < views.LaneCount; lane++)
            sum += views.LaneTotals[(long)lane * tile.ClassCount * tile.NodeCount + row.X];
        views.Totals[((long)block * views.SetCount + set) * tile.NodeCount + row.X % tile.NodeCount] += sum;
    }

    /// <summary>Expected number of those who answered an item, by node, as counts of its first category: what item derivatives read.</summary>
    /// <param name="cell">(table · I + item) · L + node.</param>
    /// <param name="tile">Node tile.</param>
    /// <param name="blockCount">Number of blocks.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="views">Totals.</param>
    /// <param name="counts">Receives them in the rows of first categories. [table, row, node]</param>
    public static void SpreadTotals(
        Index1D cell, TileShape tile, int blockCount, LayoutViews layout, WeightedScoreViews views, ArrayView<double> counts)
    {
        int node = cell.X % tile.NodeCount;
        int tableItem = cell.X / tile.NodeCount;
        int item = tableItem % views.ItemCount;
        int table = tableItem / views.ItemCount;
        double sum = 0.0;
        for (int block = 0; block < blockCount; block++)
        {
            if (layout.TableOfBlock[block] != table)
                continue;
            for (int set = 0; set < views.SetCount; set++)
            {
                if (views.IsAnswered[(long)set * views.ItemCount + item] != 0)
                    sum += views.Totals[((long)block * views.SetCount + set) * tile.NodeCount + node];
            }
        }

        counts[((long)table * layout.RowCount + layout.FirstRow[item]) * tile.NodeCount + node] = sum;
    }

    /// <summary>Expected number of persons of a block at a node, whatever they answered.</summary>
    /// <param name="cell">block · L + node.</param>
    /// <param name="tile">Node tile.</param>
    /// <param name="views">Totals.</param>
    /// <param name="totals">Receives them. [block, node]</param>
    public static void AddSets(Index1D cell, TileShape tile, WeightedScoreViews views, ArrayView<double> totals)
    {
        int node = cell.X % tile.NodeCount;
        int block = cell.X / tile.NodeCount;
        double sum = 0.0;
        for (int set = 0; set < views.SetCount; set++)
            sum += views.Totals[((long)block * views.SetCount + set) * tile.NodeCount + node];
        totals[cell] = sum;
    }

    /// <summary>t·θ + log prior at a node.</summary>
    private static double LogTerm(
        TileShape tile, WeightedScoreViews views, long prior, long theta, long scores, int node, double t0, double t1, double t2)
    {
        long position = theta + (long)node * views.AttributeCount;
        double value = views.LogPrior[prior + node] + t0 * views.Theta[position];
        if (views.AttributeCount > 1)
            value += t1 * views.Theta[position + 1];
        if (views.AttributeCount > 2)
            value += t2 * views.Theta[position + 2];
        for (int j = 3; j < views.AttributeCount; j++)
            value += views.Scores[scores + (1L + j) * tile.PatternStride] * views.Theta[position + j];
        return value;
    }
}
