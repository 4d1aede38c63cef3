using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;

namespace IrtGpu.Compute.Reduction.Gradients;

/// <summary>Σ x xᵀ over many rows x, which come in tiles.</summary>
/// <remarks>A tile is cut into segments with sums of their own, which are added in order: the same bits for any number of threads.</remarks>
internal sealed unsafe class GramSum : IDisposable
{
    private const int TileLength = 1 << 18; // doubles
    private const int RowsPerPanel = 32; // of the sum, of which the lower triangle is wanted
    private const int WidestOfSegments = 512;
    private const int SegmentCount = 4;

    private readonly AlignedBuffer tile;
    private readonly AlignedBuffer[] sums; // [segment][column, column]
    private readonly ParallelOptions parallel;

    /// <summary>Makes room.</summary>
    /// <param name="columnCount">Length of a row.</param>
    /// <param name="rowMultiple">Rows come in such numbers at once.</param>
    /// <param name="parallel">Threads.</param>
    public GramSum(int columnCount, int rowMultiple, ParallelOptions parallel)
    {
        this.parallel = parallel;
        Width = (Math.Max(1, columnCount) + 7) / 8 * 8;
        Capacity = Math.Max(1, TileLength / Width / rowMultiple) * rowMultiple;
        tile = new AlignedBuffer((long)Capacity * Width);
        sums = [.. Enumerable.Range(0, Width > WidestOfSegments ? 1 : SegmentCount).Select(_ => new AlignedBuffer((long)Width * Width))];
    }

    /// <summary>Length of a row, padded; padding must be 0.</summary>
    public int Width { get; }

    /// <summary>Rows of a tile.</summary>
    public int Capacity { get; }

    /// <summary>The tile. [row, column]</summary>
    public double* Tile => tile.Pointer;

    /// <summary>Adds the first rows of the tile.</summary>
    /// <param name="rowCount">How many.</param>
    public void Add(int rowCount)
    {
        int panelCount = (Width + RowsPerPanel - 1) / RowsPerPanel;
        Parallel.For(0, panelCount * sums.Length, parallel, task =>
        {
            int segment = task % sums.Length;
            int panel = task / sums.Length * RowsPerPanel;
            int begin = (int)((long)rowCount * segment / sums.Length);
            int end = (int)((long)rowCount * (segment + 1) / sums.Length);
            int rows = Math.Min(RowsPerPanel, Width - panel);
            double* from = tile.Pointer + (long)begin * Width;
            MatrixKernels.MultiplyAdd(from + panel, 1, Width, from, Width, sums[segment].Pointer + (long)panel * Width, Width, rows, end - begin, panel + rows);
        });
    }

    /// <summary>Adds the sum to the lower triangle of all free parameters, and forgets it.</summary>
    /// <param name="free">Free parameter of each column.</param>
    /// <param name="factor">What it is multiplied by.</param>
    /// <param name="total">Added to. [free, free]</param>
    /// <param name="freeCount">Number of free parameters.</param>
    public void MoveTo(int[] free, double factor, double[] total, int freeCount)
    {
        for (int segment = 1; segment < sums.Length; segment++)
            PatternKernels.Chosen.Accumulate(sums[0].Pointer, sums[segment].Pointer, sums[0].Length);
        for (int row = 0; row < free.Length; row++)
        {
            for (int column = 0; column <= row; column++)
                total[(long)Math.Max(free[row], free[column]) * freeCount + Math.Min(free[row], free[column])] += factor * sums[0].Pointer[(long)row * Width + column];
        }
        foreach (AlignedBuffer sum in sums)
            sum.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        tile.Dispose();
        foreach (AlignedBuffer sum in sums)
            sum.Dispose();
    }
}
