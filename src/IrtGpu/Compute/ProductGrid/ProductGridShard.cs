using IrtGpu.Compute.Loops;
using IrtGpu.Planning;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>Sums over one range of patterns of the separable E-step; buffers are made when first needed.</summary>
internal sealed unsafe class ProductGridShard(CalibrationPlan plan, ProductGridTables tables, int index, int begin, int end) : IDisposable
{
    private readonly AlignedBuffer?[] factors = new AlignedBuffer?[tables.Kernels.Length];
    private readonly AlignedBuffer?[][] lineCounts = [.. plan.Tables.Select(_ => new AlignedBuffer?[tables.AttributeCount])];
    private readonly AlignedBuffer?[] moments = new AlignedBuffer?[plan.Tables.Count];
    private readonly double[]?[] exact = new double[]?[tables.Kernels.Length];

    public int Index => index;

    public int Begin => begin;

    public int End => end;

    public double LogLikelihood { get; set; }

    /// <summary>Σ weight · product of factors, still to be multiplied by the kernel. [outer, padded inner]</summary>
    public double* Factors(int kernel) =>
        (factors[kernel] ??= new AlignedBuffer((long)tables.OuterCount * tables.PaddedLineCount)).Pointer;

    /// <summary>Counts by joint response and node of one dimension. [tile, joint row, lane]</summary>
    public double* LineCounts(int table, int attribute) =>
        (lineCounts[table][attribute] ??= new AlignedBuffer((long)tables.LineItems[attribute]!.TotalRows * tables.PaddedLineCount)).Pointer;

    /// <summary>Σ weight · (E θ, 1) by joint response. [joint row, score width]</summary>
    public double* Moments(int table) =>
        (moments[table] ??= new AlignedBuffer((long)tables.ScoreItems!.TotalRows * tables.ScoreWidth)).Pointer;

    /// <summary>Node totals of the patterns computed in logarithms. [node]</summary>
    public double[] Exact(int kernel) => exact[kernel] ??= new double[plan.NodeCount];

    public AlignedBuffer? FactorsOrNull(int kernel) => factors[kernel];

    public AlignedBuffer? LineCountsOrNull(int table, int attribute) => lineCounts[table][attribute];

    public AlignedBuffer? MomentsOrNull(int table) => moments[table];

    public double[]? ExactOrNull(int kernel) => exact[kernel];

    public void Clear()
    {
        LogLikelihood = 0;
        foreach (AlignedBuffer? buffer in Buffers())
            buffer?.Clear();
        exact.AsSpan().Clear();
    }

    public void Dispose()
    {
        foreach (AlignedBuffer? buffer in Buffers())
            buffer?.Dispose();
    }

    private IEnumerable<AlignedBuffer?> Buffers() => factors.Concat(lineCounts.SelectMany(list => list)).Concat(moments);
}
