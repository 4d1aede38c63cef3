using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Loops;

/// <summary>Loops over the nodes of one dimension and over score rows, beside the matrix products.</summary>
internal abstract unsafe class LineKernels
{
    /// <summary>Those of this process's vectors.</summary>
    public static readonly LineKernels Chosen = VectorWidth.Bits switch
    {
        512 => new LineKernels<Lanes512>(),
        256 => new LineKernels<Lanes256>(),
        _ => new LineKernels<Lanes128>(),
    };

    /// <summary>values += slope · arguments.</summary>
    public abstract void AddLine(double* values, double* arguments, double slope, int length);

    /// <summary>product = a · b; returns its sum.</summary>
    public abstract double Multiply(double* a, double* b, double* product, int length);

    /// <summary>product = values · factor.</summary>
    public abstract void Scale(double* values, double factor, double* product, int length);

    /// <summary>values *= factor; returns Σ values · arguments.</summary>
    public abstract double ScaleAndDot(double* values, double factor, double* arguments, int length);

    /// <summary>Position of the largest value, the first where several are; 0 where none is a number.</summary>
    public abstract int IndexOfLargest(double* values, int length);

    /// <summary>Products of a row's values and a factor along one dimension more: outer[row, lane] = outer[row] · factor[lane], in place.</summary>
    /// <param name="outer">In: [row]; out: [row, lane].</param>
    /// <param name="factor">[lane]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="lineCount">Lanes, not padded.</param>
    public abstract void MultiplyOut(double* outer, double* factor, int rows, int lineCount);

    /// <summary>result[row, lane] = factor[lane] · kernel[row, lane] · (scale · rowFactors[row]).</summary>
    /// <param name="factor">[lane]</param>
    /// <param name="kernel">[row, stride]</param>
    /// <param name="stride">Distance of the kernel's rows.</param>
    /// <param name="rowFactors">[row]</param>
    /// <param name="scale">Scale.</param>
    /// <param name="result">Receives the products. [row, lane]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="lineCount">Lanes, not padded.</param>
    public abstract void MultiplyRows(double* factor, double* kernel, int stride, double* rowFactors, double scale, double* result, int rows, int lineCount);

    /// <summary>Sums one dimension out: marginal[lane] = Σ_row weights[row, lane], weights[row] = Σ_lane weights[row, lane], in place.</summary>
    /// <param name="weights">In: [row, lane]; out: [row].</param>
    /// <param name="marginal">Added to. [lane]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="lineCount">Lanes, not padded.</param>
    public abstract void SumOut(double* weights, double* marginal, int rows, int lineCount);

    /// <summary>Sums the score rows of a pattern's responses.</summary>
    /// <param name="rows">[joint row, width]</param>
    /// <param name="codes">Joint responses. [group]</param>
    /// <param name="firstRow">First joint row of each group.</param>
    /// <param name="groupCount">Groups.</param>
    /// <param name="width">4 or a multiple of 8.</param>
    /// <param name="sums">Receives them. [width]</param>
    public abstract void SumScores(double* rows, byte* codes, int* firstRow, int groupCount, int width, double* sums);

    /// <summary>Adds numbers to the score rows of a pattern's responses.</summary>
    /// <param name="rows">Added to. [joint row, width]</param>
    /// <param name="codes">Joint responses. [group]</param>
    /// <param name="firstRow">First joint row of each group.</param>
    /// <param name="groupCount">Groups.</param>
    /// <param name="width">4 or a multiple of 8.</param>
    /// <param name="sums">What to add. [width]</param>
    public abstract void ScatterScores(double* rows, byte* codes, int* firstRow, int groupCount, int width, double* sums);
}
