using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.Tables.Streaming;

/// <summary>Where some patterns' joint rows lie in a tile of nodes, and room for one pattern's values there.</summary>
internal sealed unsafe class TileBatch : IDisposable
{
    private readonly TableInputs inputs;
    private readonly AlignedBuffer offsets; // [pattern, group]
    private readonly AlignedBuffer values; // [class, node of the tile]
    private readonly int[] rowCount; // [pattern]

    public TileBatch(TableInputs inputs, int patternCount)
    {
        this.inputs = inputs;
        offsets = new AlignedBuffer(((long)patternCount * inputs.Joint.GroupCount + 1) / 2);
        values = new AlignedBuffer((long)inputs.Plan.ClassCount * inputs.Tiling.Width);
        rowCount = new int[patternCount];
        IsEmpty = new bool[inputs.Plan.ClassCount];
    }

    /// <summary>Whether the values of a class are all 0 and not written. [class]</summary>
    public bool[] IsEmpty { get; }

    /// <summary>Values of a class. [node of the tile]</summary>
    public double* Values(int c) => values.Pointer + c * inputs.Tiling.Width;

    /// <summary>Where the joint rows of a pattern begin.</summary>
    public int* Rows(int k) => (int*)offsets.Pointer + k * inputs.Joint.GroupCount;

    /// <summary>How many there are.</summary>
    public int RowCount(int k) => rowCount[k];

    /// <summary>Looks the joint rows of some patterns up.</summary>
    /// <param name="first">Position of the first.</param>
    /// <param name="count">How many.</param>
    public void FindRows(int first, int count)
    {
        for (int k = 0; k < count; k++)
            rowCount[k] = inputs.Joint.FindRows(inputs.Order[first + k], inputs.Tiling.Width, Rows(k));
    }

    /// <summary>Leaves the log posterior of a pattern in a class, up to its normalising constant, in the values of the class; returns the largest.</summary>
    /// <param name="k">The pattern's place in the batch.</param>
    /// <param name="pattern">Pattern.</param>
    /// <param name="c">Class.</param>
    /// <param name="tile">Tile of nodes.</param>
    /// <param name="tilts">Of populations; null: none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double LogPosterior(int k, int pattern, int c, int tile, PopulationTilts? tilts)
    {
        if (!inputs.IsPossible(pattern, c))
            return double.NegativeInfinity;
        int width = inputs.Tiling.Width;
        int block = inputs.FirstBlock(pattern) + c;
        double* result = Values(c);
        double* table = inputs.RowsOf(block) + (long)tile * inputs.Joint.TotalRows * width;
        double* prior = inputs.LogWeightOf(block) + tile * width;
        PatternKernels.Chosen.AddRows(table, Rows(k), rowCount[k], width, result);
        if (tilts is not null)
            inputs.AddTilt(tilts, pattern, block, tile * width, result, width);
        return PatternKernels.Chosen.AddAndMax(result, prior, width);
    }

    public void Dispose()
    {
        offsets.Dispose();
        values.Dispose();
    }
}
