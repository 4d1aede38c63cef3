using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>The likelihood factors of a pattern along each dimension: weighted scores, tables of one dimension, and the tilt of its population.</summary>
/// <param name="plan">The plan.</param>
/// <param name="patterns">The data.</param>
/// <param name="tables">Filled.</param>
internal sealed unsafe class ProductGridFactors(CalibrationPlan plan, PatternTable patterns, ProductGridTables tables)
{
    private readonly int attributeCount = plan.AttributeCount;

    /// <summary>Factors with a largest value of 1; their scale goes to the tile.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="k">Its place in the tile.</param>
    /// <param name="c">Class.</param>
    /// <param name="kernel">What the factors will multiply.</param>
    /// <param name="tilts">Of populations; null: none.</param>
    /// <param name="tile">Receives factors and scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(int pattern, int k, int c, ProductGridLoops kernel, PopulationTilts? tilts, ProductGridTile tile)
    {
        double scale = ComputeLogs(pattern, k, c, kernel, tilts, tile) + kernel.Shift;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            double* factor = tile.Factor(c, attribute, k);
            double shift = PatternKernels.Chosen.Max(factor, tables.PaddedLineCount);
            PatternKernels.Chosen.ExpAndSum(factor, shift, tables.PaddedLineCount);
            scale += shift;
        }
        tile.LogScale[c * tile.PatternCount + k] = scale;
    }

    /// <summary>Logarithms of a pattern's factors; returns Σ d, less the normaliser of its tilt.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double ComputeLogs(int pattern, int k, int c, ProductGridLoops kernel, PopulationTilts? tilts, ProductGridTile tile)
    {
        int block = tables.FirstBlock(pattern) + c;
        int table = plan.Blocks[block].Table;
        int padded = tables.PaddedLineCount;
        double intercept = 0;
        if (tables.ScoreItems is { } scored)
        {
            SumRows(scored, pattern, tables.Scores(table), tile.Sums);
            intercept = tile.Sums[attributeCount];
            for (int attribute = 0; attribute < attributeCount; attribute++)
                tile.Sums[attribute] -= kernel.Centre[attribute];
        }
        if (tilts is not null)
            intercept -= AddTilts(tilts, pattern, block, tile.Sums);
        double* line = tables.LineOf(block);
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            double* factor = tile.Factor(c, attribute, k);
            if (tables.LineItems[attribute] is { } joint)
                AddTables(joint, pattern, tables.LineTable(table, attribute), factor, tile);
            else
                new Span<double>(factor, padded).Clear();
            if (tables.ScoreItems is not null || tilts is not null)
                LineKernels.Chosen.AddLine(factor, line, tile.Sums[attribute], padded);
            for (int lane = tables.LineCount; lane < padded; lane++)
                factor[lane] = double.NegativeInfinity;
        }
        return intercept;
    }

    /// <summary>Adds the tilt of a pattern's log weights to its weighted scores, which act alike; returns the tilt's log normaliser.</summary>
    private double AddTilts(PopulationTilts tilts, int pattern, int block, double[] scores)
    {
        int row = patterns.CovariateRows[pattern];
        ReadOnlySpan<double> tilt = tilts.Tilt(block, row);
        for (int attribute = 0; attribute < attributeCount; attribute++)
            scores[attribute] = (tables.ScoreItems is null ? 0 : scores[attribute]) + tilt[attribute];
        return tilts.LogNormalizer(block, row);
    }

    /// <summary>Sums the joint rows of a pattern's responses.</summary>
    private void SumRows(JointItems joint, int pattern, double* rows, double[] sums)
    {
        fixed (byte* codes = joint.CodesOf(pattern))
        fixed (int* firstRow = joint.FirstRow)
        fixed (double* target = sums)
            LineKernels.Chosen.SumScores(rows, codes, firstRow, joint.GroupCount, tables.ScoreWidth, target);
    }

    private void AddTables(JointItems joint, int pattern, double* table, double* sum, ProductGridTile tile)
    {
        int width = tables.Tiling.Width;
        int count = joint.FindRows(pattern, width, tile.Offsets);
        for (int part = 0; part < tables.Tiling.TileCount; part++)
            PatternKernels.Chosen.AddRows(table + (long)part * joint.TotalRows * width, tile.Offsets, count, width, sum + part * width);
    }
}
