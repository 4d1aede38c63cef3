using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Reduction.Loops;

/// <summary>What is multiplied at the cells of one part of a pattern: population, likelihoods of its joint responses, messages of its children.</summary>
internal unsafe struct ReducedFactors
{
    /// <summary>Weights of nodes, 0 in the padding. [cell]</summary>
    public double* Prior;

    /// <summary>Joint rows. [table][cell]</summary>
    public double** Own;

    /// <summary>Number of joint rows.</summary>
    public int OwnCount;

    /// <summary>Messages. [child][place]</summary>
    public double** Child;

    /// <summary>Where each row begins in them. [child][row]</summary>
    public int** ChildRow;

    /// <summary>Number of messages.</summary>
    public int ChildCount;

    /// <summary>Cells of a row.</summary>
    public int Width;

    /// <summary>Whether joint rows are logarithms.</summary>
    public bool IsLog;

    /// <summary>What is taken off sums of logarithms.</summary>
    public double Shift;
}

/// <summary>The inner loops of the reduced form: sums of products over rows, and the way back.</summary>
internal abstract unsafe class ReducedKernels
{
    /// <summary>Those of this process's vectors.</summary>
    public static readonly ReducedKernels Chosen = VectorWidth.Bits switch
    {
        512 => new ReducedKernels<Lanes512>(),
        256 => new ReducedKernels<Lanes256>(),
        _ => new ReducedKernels<Lanes128>(),
    };

    /// <summary>Largest sum of logarithms among the cells of some rows.</summary>
    /// <param name="factors">The part, whose joint rows are logarithms.</param>
    /// <param name="begin">First row.</param>
    /// <param name="end">One after the last.</param>
    public abstract double LargestLog(in ReducedFactors factors, int begin, int end);

    /// <summary>Sums the products of each row.</summary>
    /// <param name="factors">The part.</param>
    /// <param name="begin">First row.</param>
    /// <param name="end">One after the last.</param>
    /// <param name="sums">Receives them. [row − begin]</param>
    public abstract void SumRows(in ReducedFactors factors, int begin, int end, double* sums);

    /// <summary>The products of one row.</summary>
    /// <param name="factors">The part.</param>
    /// <param name="row">Row.</param>
    /// <param name="products">Receives them. [cell of the row]</param>
    public abstract void Products(in ReducedFactors factors, int row, double* products);

    /// <summary>Sums the products of parts of one run at one row.</summary>
    /// <param name="product">What the run shares. [cell of the row]</param>
    /// <param name="values">Likelihoods of the others. [stacked joint row, cell of the row]</param>
    /// <param name="rows">The parts' joint rows in these. [part, table]</param>
    /// <param name="count">Number of parts.</param>
    /// <param name="tableCount">Number of tables, at least one.</param>
    /// <param name="width">Cells of the row.</param>
    /// <param name="sums">Receives them. [part]</param>
    public abstract void SumRun(double* product, double* values, int* rows, int count, int tableCount, int width, double* sums);

    /// <summary>Adds the products of parts of one run at one row, times what the rest says of each, to counts.</summary>
    /// <param name="product">What the run shares. [cell of the row]</param>
    /// <param name="values">Likelihoods of the others. [stacked joint row, cell of the row]</param>
    /// <param name="counts">Added to. [stacked joint row, cell of the row]</param>
    /// <param name="rows">The parts' joint rows in these. [part, table]</param>
    /// <param name="count">Number of parts.</param>
    /// <param name="tableCount">Number of tables, at least one.</param>
    /// <param name="width">Cells of the row.</param>
    /// <param name="outside">What the rest says. [part]</param>
    /// <param name="sum">Receives the sum over the parts. [cell of the row]</param>
    public abstract void ScatterRun(double* product, double* values, double* counts, int* rows, int count, int tableCount, int width, double* outside, double* sum);

    /// <summary>Adds products, times what the rest of the pattern says of each row, to counts, totals and sums of children.</summary>
    /// <param name="factors">The part.</param>
    /// <param name="outside">What the rest says, 0 where nothing is to be added. [row]</param>
    /// <param name="begin">First row.</param>
    /// <param name="end">One after the last.</param>
    /// <param name="lane">First cell of each row.</param>
    /// <param name="endLane">One after the last, a multiple of eight as the first.</param>
    /// <param name="counts">Joint counts of the part's joint rows. [table][cell]</param>
    /// <param name="totals">Totals of the block. [cell]</param>
    /// <param name="sums">Sums of the part's children, laid out as their messages. [child][place]</param>
    public abstract void Scatter(in ReducedFactors factors, double* outside, int begin, int end, int lane, int endLane, double** counts, double* totals, double** sums);
}
