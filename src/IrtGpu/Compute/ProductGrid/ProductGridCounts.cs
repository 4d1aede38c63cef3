using System.Runtime.CompilerServices;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>From the posteriors of a tile's patterns to the sums of their shard.</summary>
/// <param name="plan">The plan.</param>
/// <param name="patterns">The data.</param>
/// <param name="tables">Filled.</param>
/// <param name="order">Pattern of each position.</param>
internal sealed unsafe class ProductGridCounts(CalibrationPlan plan, PatternTable patterns, ProductGridTables tables, int[] order)
{
    private readonly int classCount = plan.ClassCount;
    private readonly int attributeCount = plan.AttributeCount;

    /// <summary>Adds a tile.</summary>
    /// <param name="first">First position.</param>
    /// <param name="count">Number of patterns, of one group and answered set.</param>
    /// <param name="means">Receives weight and mean of each pattern, where means differ within blocks.</param>
    /// <param name="tile">The tile, computed; used up.</param>
    /// <param name="shard">Added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Collect(int first, int count, PatternMeans? means, ProductGridTile tile, ProductGridShard shard)
    {
        for (int k = 0; k < count; k++)
            shard.LogLikelihood += patterns.Frequency[order[first + k]] * tile.LogLikelihood[k];
        int last = attributeCount - 1;
        for (int c = 0; c < classCount; c++)
        {
            int block = tables.FirstBlock(order[first]) + c;
            int table = plan.Blocks[block].Table;
            int index = block * tables.SetCount + tables.SetOf(order[first]);
            for (int k = 0; k < count; k++)
            {
                int pattern = order[first + k];
                double weight = patterns.Frequency[pattern] * tile.Weight[c * tile.PatternCount + k];
                CollectOnLines(pattern, k, c, block, weight, tile, shard);
                if (means is not null)
                    WriteMean(weight * tile.Total[c * tile.PatternCount + k], tile.Sums, means.Of(pattern, c));
                if (tile.Exact[c * tile.PatternCount + k] is { } posterior)
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(posterior, weight, shard.Exact(index), shard.Exact(index));
                double* scaled = attributeCount == 1 ? tile.Factor(c, 0, k) : tile.Outer(c, k);
                int length = attributeCount == 1 ? tables.PaddedLineCount : tables.PaddedOuterCount;
                LineKernels.Chosen.Scale(scaled, weight, scaled, length);
            }
            double* sums = shard.Factors(index);
            if (attributeCount == 1)
            {
                for (int k = 0; k < count; k++)
                    PatternKernels.Chosen.Accumulate(sums, tile.Factor(c, 0, k), tables.PaddedLineCount);
            }
            else
            {
                MatrixKernels.MultiplyAdd(
                    tile.Outer(c, 0), 1, tables.PaddedOuterCount, tile.Factor(c, last, 0), tables.PaddedLineCount,
                    sums, tables.PaddedLineCount, tables.OuterCount, count, tables.PaddedLineCount);
            }
        }
    }

    /// <summary>Takes the moments of a pattern that its marginal posteriors left.</summary>
    private static void WriteMean(double weight, double[] moments, Span<double> mean)
    {
        mean[0] = weight;
        moments.AsSpan(0, mean.Length - 1).CopyTo(mean[1..]);
    }

    /// <summary>Adds a pattern's marginal posteriors to the counts of its responses and to their moments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CollectOnLines(int pattern, int k, int c, int block, double weight, ProductGridTile tile, ProductGridShard shard)
    {
        int table = plan.Blocks[block].Table;
        double* line = tables.LineOf(block);
        int width = tables.Tiling.Width;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            double* marginal = tile.Marginal(c, attribute, k);
            tile.Sums[attribute] = LineKernels.Chosen.ScaleAndDot(marginal, weight, line, tables.PaddedLineCount);
            if (tables.LineItems[attribute] is not { } joint)
                continue;
            int rows = joint.FindRows(pattern, width, tile.Offsets);
            double* counts = shard.LineCounts(table, attribute);
            for (int part = 0; part < tables.Tiling.TileCount; part++)
                PatternKernels.Chosen.ScatterRows(counts + (long)part * joint.TotalRows * width, tile.Offsets, rows, width, marginal + part * width);
        }
        if (tables.ScoreItems is not { } scored)
            return;
        tile.Sums[attributeCount] = weight * tile.Total[c * tile.PatternCount + k];
        tile.Sums.AsSpan(attributeCount + 1).Clear();
        fixed (byte* codes = scored.CodesOf(pattern))
        fixed (int* firstRow = scored.FirstRow)
        fixed (double* sums = tile.Sums)
            LineKernels.Chosen.ScatterScores(shard.Moments(table), codes, firstRow, scored.GroupCount, tables.ScoreWidth, sums);
    }
}
