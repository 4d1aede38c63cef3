using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Tables;

/// <summary>The inner loops of the E-step: add table rows, normalise, scatter posteriors. Rows are padded to eights.</summary>
internal abstract unsafe class PatternKernels
{
    /// <summary>Those of this process's vectors.</summary>
    public static readonly PatternKernels Chosen = VectorWidth.Bits switch
    {
        512 => new PatternKernels<Lanes512>(),
        256 => new PatternKernels<Lanes256>(),
        _ => new PatternKernels<Lanes128>(),
    };

    /// <summary>sum[node] = Σ_k table[offset_k + node] over one node tile.</summary>
    /// <param name="table">One node tile of a joint table.</param>
    /// <param name="offsets">Where the pattern's joint rows begin.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="width">Nodes of the tile, a multiple of 8.</param>
    /// <param name="sum">Receives the sums.</param>
    public abstract void AddRows(double* table, int* offsets, int count, int width, double* sum);

    /// <summary>counts[offset_k + node] += weight[node] for every joint row of the pattern over one node tile.</summary>
    public abstract void ScatterRows(double* counts, int* offsets, int count, int width, double* weight);

    /// <summary>values += intercept + slope · arguments.</summary>
    public abstract void AddLine(double* values, double* arguments, double slope, double intercept, int count);

    /// <summary>values += addend; returns the largest.</summary>
    public abstract double AddAndMax(double* values, double* addend, int count);

    /// <summary>The largest value.</summary>
    public abstract double Max(double* values, int count);

    /// <summary>values = exp(values − shift); returns the sum.</summary>
    public abstract double ExpAndSum(double* values, double shift, int count);

    /// <summary>values *= factor and totals += values.</summary>
    public abstract void ScaleAndAccumulate(double* values, double factor, double* totals, int count);

    /// <summary>sum += term.</summary>
    public abstract void Accumulate(double* sum, double* term, long count);
}
