using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore.Interpolation;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;

namespace IrtGpu.Compute.ClosedForm;

/// <summary>What the patterns of a cell leave: N and N c at eight grid points each, by the adjoint of the interpolation, and Σ N v c cᵀ.</summary>
internal sealed unsafe class CellDeposits : IDisposable
{
    private const int PatternsPerShard = 4096;
    private const int LargestShardCount = 16;
    private const long LargestBytes = 1L << 27; // of all shards together, unless one takes more
    private const int PatternsPerTile = 64;
    private const int RowsPerPanel = 32; // of the cross-product, of which the lower triangle is wanted

    private readonly CellGradients gradients;
    private readonly WeightedScoreGrid grid;
    private readonly double[] variance; // v [grid point]
    private readonly int[] members; // patterns of the cell
    private readonly Shards shards;
    private readonly int slopeWidth;
    private readonly AlignedBuffer[] squares; // [shard]: Σ N v c cᵀ, lower triangle [slope parameter, padded slope parameter]
    private readonly AlignedBuffer[] slopeDeposits; // [shard]: Σ N c [grid point, padded slope parameter]
    private readonly double[][] deposits; // [shard]: Σ N [grid point]

    /// <summary>Makes room.</summary>
    /// <param name="gradients">Complete-data gradients of the cell's patterns.</param>
    /// <param name="grid">The cell's grid, filled.</param>
    /// <param name="variance">v. [grid point]</param>
    /// <param name="members">Patterns of the cell.</param>
    public CellDeposits(CellGradients gradients, WeightedScoreGrid grid, double[] variance, int[] members)
    {
        this.gradients = gradients;
        this.grid = grid;
        this.variance = variance;
        this.members = members;
        slopeWidth = (gradients.SlopeParameterCount + 7) / 8 * 8;
        long shardBytes = sizeof(double) * (long)slopeWidth * (slopeWidth + grid.PointCount);
        shards = Shards.Cut(members.Length, PatternsPerShard, Math.Min(LargestBytes / Math.Max(1, shardBytes), LargestShardCount));
        squares = [.. Enumerable.Range(0, ShardCount).Select(_ => new AlignedBuffer((long)slopeWidth * slopeWidth))];
        slopeDeposits = [.. Enumerable.Range(0, ShardCount).Select(_ => new AlignedBuffer((long)grid.PointCount * slopeWidth))];
        deposits = [.. Enumerable.Range(0, ShardCount).Select(_ => new double[grid.PointCount])];
    }

    /// <summary>Parts that can be collected side by side.</summary>
    public int ShardCount => shards.Count;

    /// <summary>Padded number of parameters with a c.</summary>
    public int SlopeWidth => slopeWidth;

    /// <summary>Σ N, once shards are added. [grid point]</summary>
    public double[] Persons => deposits[0];

    /// <summary>Σ N c, once shards are added. [grid point, padded slope parameter]</summary>
    public double* Slopes => slopeDeposits[0].Pointer;

    /// <summary>Σ N v c cᵀ, once shards are added; lower triangle. [slope parameter, padded slope parameter]</summary>
    public double* Squares => squares[0].Pointer;

    public void Dispose()
    {
        foreach (AlignedBuffer buffer in squares)
            buffer.Dispose();
        foreach (AlignedBuffer buffer in slopeDeposits)
            buffer.Dispose();
    }

    /// <summary>Goes through the patterns of one shard.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="shard">Which of the <see cref="ShardCount"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Collect(PatternTable patterns, int shard)
    {
        int end = shards.End(shard);
        using AlignedBuffer tile = new((long)PatternsPerTile * slopeWidth); // c [pattern of the tile, padded slope parameter]
        using AlignedBuffer scaled = new((long)PatternsPerTile * slopeWidth); // N v c
        double* coefficients = stackalloc double[LagrangeBasis.Points];
        double[] deposit = deposits[shard];
        for (int start = shards.Begin(shard); start < end; start += PatternsPerTile)
        {
            int count = Math.Min(PatternsPerTile, end - start);
            for (int k = 0; k < count; k++)
            {
                int pattern = members[start + k];
                double frequency = patterns.Frequency[pattern];
                double* row = tile.Pointer + (long)k * slopeWidth;
                double score = gradients.Fill(patterns.Row(pattern), new Span<double>(row, slopeWidth));
                int first = grid.Locate(score, coefficients);
                double factor = frequency * WeightedScoreGrid.Interpolate(coefficients, variance, first);
                for (int point = 0; point < LagrangeBasis.Points; point++)
                {
                    coefficients[point] *= frequency;
                    deposit[first + point] += coefficients[point];
                }
                ScoreGridKernels.Chosen.Spread(row, coefficients, slopeDeposits[shard].Pointer + (long)first * slopeWidth, slopeWidth);
                LineKernels.Chosen.Scale(row, factor, scaled.Pointer + (long)k * slopeWidth, slopeWidth);
            }
            for (int panel = 0; panel < slopeWidth; panel += RowsPerPanel)
            {
                int rows = Math.Min(RowsPerPanel, slopeWidth - panel);
                MatrixKernels.MultiplyAdd(
                    scaled.Pointer + panel, 1, slopeWidth, tile.Pointer, slopeWidth,
                    squares[shard].Pointer + (long)panel * slopeWidth, slopeWidth, rows, count, panel + rows);
            }
        }
    }

    /// <summary>Adds the shards to the first, in their order.</summary>
    public void AddShards()
    {
        for (int shard = 1; shard < ShardCount; shard++)
        {
            PatternKernels.Chosen.Accumulate(squares[0].Pointer, squares[shard].Pointer, squares[0].Length);
            PatternKernels.Chosen.Accumulate(slopeDeposits[0].Pointer, slopeDeposits[shard].Pointer, slopeDeposits[0].Length);
            TensorPrimitives.Add(deposits[0], deposits[shard], deposits[0]);
        }
    }
}
