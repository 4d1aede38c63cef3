using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>
/// Prior weight, normalising constants and centre of one block and answered set at every product node, scaled to a largest value of 1:
/// a pattern's posterior is its factors times this.
/// </summary>
internal sealed unsafe class ProductGridLoops(ProductGridTables tables) : IDisposable
{
    private readonly AlignedBuffer byOuter = new((long)tables.OuterCount * tables.PaddedLineCount);
    private readonly AlignedBuffer byInner = new((long)tables.LineCount * tables.PaddedOuterCount);

    /// <summary>Logarithm at every node, not scaled. [node]</summary>
    public double[] Log { get; } = new double[tables.OuterCount * tables.LineCount];

    /// <summary>Weighted score that the factors are taken from. [attribute]</summary>
    public double[] Centre { get; } = new double[tables.AttributeCount];

    /// <summary>Logarithm of the scale.</summary>
    public double Shift { get; private set; }

    /// <summary>[outer, padded inner]</summary>
    public double* ByOuter => byOuter.Pointer;

    /// <summary>[inner, padded outer]</summary>
    public double* ByInner => byInner.Pointer;

    /// <summary>Fills both layouts from the logarithms.</summary>
    public void Exponentiate()
    {
        Shift = double.NegativeInfinity;
        foreach (double value in Log)
            Shift = Math.Max(Shift, value);
        for (int outer = 0; outer < tables.OuterCount; outer++)
        {
            double* row = ByOuter + (long)outer * tables.PaddedLineCount;
            new Span<double>(row, tables.PaddedLineCount).Fill(double.NegativeInfinity);
            Log.AsSpan(outer * tables.LineCount, tables.LineCount).CopyTo(new Span<double>(row, tables.LineCount));
            PatternKernels.Chosen.ExpAndSum(row, Shift, tables.PaddedLineCount);
            for (int inner = 0; inner < tables.LineCount; inner++)
                ByInner[(long)inner * tables.PaddedOuterCount + outer] = row[inner];
        }
    }

    public void Dispose()
    {
        byOuter.Dispose();
        byInner.Dispose();
    }
}
