using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>Working memory of one thread for a few patterns of one group and answered set.</summary>
internal sealed unsafe class ProductGridTile : IDisposable
{
    private const int LargestPatternCount = 32;
    private const int TargetDoubles = 1 << 16; // of the outer products: they stay in the L2 cache

    private readonly ProductGridTables tables;
    private readonly AlignedBuffer factors;
    private readonly AlignedBuffer marginals;
    private readonly AlignedBuffer outer;
    private readonly AlignedBuffer products;
    private readonly AlignedBuffer offsets;
    private readonly int attributeCount;

    public ProductGridTile(ProductGridTables tables, int classCount)
    {
        this.tables = tables;
        attributeCount = tables.AttributeCount;
        PatternCount = Math.Clamp(TargetDoubles / (classCount * tables.PaddedOuterCount) / 4 * 4, 8, LargestPatternCount);
        long lines = (long)classCount * attributeCount * PatternCount * tables.PaddedLineCount;
        factors = new AlignedBuffer(lines);
        marginals = new AlignedBuffer(lines);
        outer = new AlignedBuffer((long)classCount * PatternCount * tables.PaddedOuterCount);
        products = new AlignedBuffer((long)PatternCount * tables.PaddedOuterCount);
        int largestGroups = tables.LineItems.Max(joint => joint?.GroupCount ?? 0);
        offsets = new AlignedBuffer((largestGroups + 1) / 2);
        LogScale = new double[classCount * PatternCount];
        Total = new double[classCount * PatternCount];
        Weight = new double[classCount * PatternCount];
        LogLikelihood = new double[PatternCount];
        Exact = new double[]?[classCount * PatternCount];
        Sums = new double[Math.Max(8, tables.ScoreWidth)];
    }

    /// <summary>Patterns a tile holds.</summary>
    public int PatternCount { get; }

    /// <summary>Products of factors without the last, by outer index. [pattern, padded outer]</summary>
    public double* Products => products.Pointer;

    /// <summary>Joint rows of one pattern.</summary>
    public int* Offsets => (int*)offsets.Pointer;

    /// <summary>Logarithm that factors and kernel were scaled by. [class, pattern]</summary>
    public double[] LogScale { get; }

    /// <summary>Sum over nodes of factors times kernel. [class, pattern]</summary>
    public double[] Total { get; }

    /// <summary>Posterior probability of the class over <see cref="Total"/>. [class, pattern]</summary>
    public double[] Weight { get; }

    /// <summary>Marginal log-likelihood. [pattern]</summary>
    public double[] LogLikelihood { get; }

    /// <summary>Posterior of patterns whose factors left the range of doubles, computed in logarithms; else null. [class, pattern][node]</summary>
    public double[]?[] Exact { get; }

    /// <summary>Weighted scores or moments of one pattern.</summary>
    public double[] Sums { get; }

    /// <summary>Likelihood factors of a pattern along one dimension, largest 1. [padded inner]</summary>
    public double* Factor(int c, int attribute, int k) => factors.Pointer + Line(c, attribute, k);

    /// <summary>Marginal posterior along one dimension, times <see cref="Total"/>. [padded inner]</summary>
    public double* Marginal(int c, int attribute, int k) => marginals.Pointer + Line(c, attribute, k);

    /// <summary>Product of the factors of all attributes but the last. [padded outer]</summary>
    public double* Outer(int c, int k) => outer.Pointer + ((long)c * PatternCount + k) * tables.PaddedOuterCount;

    public void Dispose()
    {
        factors.Dispose();
        marginals.Dispose();
        outer.Dispose();
        products.Dispose();
        offsets.Dispose();
    }

    private long Line(int c, int attribute, int k) => (((long)c * attributeCount + attribute) * PatternCount + k) * tables.PaddedLineCount;
}
