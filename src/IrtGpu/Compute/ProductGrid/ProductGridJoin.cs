using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>From the factors of a tile's patterns and their kernel to totals over the product grid and marginals of every dimension.</summary>
internal static unsafe class ProductGridJoin
{
    /// <summary>Leaves totals and marginals in the tile.</summary>
    /// <param name="tables">Sizes.</param>
    /// <param name="kernel">What the factors multiply.</param>
    /// <param name="tile">Holds the factors.</param>
    /// <param name="c">Class.</param>
    /// <param name="count">Patterns in the tile.</param>
    public static void Apply(ProductGridTables tables, ProductGridLoops kernel, ProductGridTile tile, int c, int count)
    {
        if (tables.AttributeCount == 1)
            OnLine(tables, kernel, tile, c, count);
        else
            OnGrid(tables, kernel, tile, c, count);
    }

    /// <summary>One dimension: marginal = factor · kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnLine(ProductGridTables tables, ProductGridLoops kernel, ProductGridTile tile, int c, int count)
    {
        for (int k = 0; k < count; k++)
            tile.Total[c * tile.PatternCount + k] = LineKernels.Chosen.Multiply(tile.Factor(c, 0, k), kernel.ByOuter, tile.Marginal(c, 0, k), tables.PaddedLineCount);
    }

    /// <summary>Several dimensions: sums the product grid out, towards every dimension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnGrid(ProductGridTables tables, ProductGridLoops kernel, ProductGridTile tile, int c, int count)
    {
        int last = tables.AttributeCount - 1;
        int padded = tables.PaddedLineCount;
        int paddedOuter = tables.PaddedOuterCount;
        for (int k = 0; k < count; k++)
        {
            MultiplyOut(tables, tile, c, k);
            new Span<double>(tile.Products + (long)k * paddedOuter, paddedOuter).Clear();
            new Span<double>(tile.Marginal(c, last, k), padded).Clear();
        }
        int width = (tables.OuterCount + 7) / 8 * 8;
        MatrixKernels.MultiplyAdd(
            tile.Factor(c, last, 0), padded, 1, kernel.ByInner, paddedOuter, tile.Products, paddedOuter, count, tables.LineCount, width);
        MatrixKernels.MultiplyAdd(
            tile.Outer(c, 0), paddedOuter, 1, kernel.ByOuter, padded, tile.Marginal(c, last, 0), padded, count, tables.OuterCount, padded);
        for (int k = 0; k < count; k++)
        {
            double total = LineKernels.Chosen.Multiply(tile.Factor(c, last, k), tile.Marginal(c, last, k), tile.Marginal(c, last, k), padded);
            tile.Total[c * tile.PatternCount + k] = total;
            double* product = tile.Products + (long)k * paddedOuter;
            double* outer = tile.Outer(c, k);
            LineKernels.Chosen.Multiply(product, outer, product, width);
            SumOut(tables, tile, product, c, k);
        }
    }

    /// <summary>Product of a pattern's factors of all attributes but the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOut(ProductGridTables tables, ProductGridTile tile, int c, int k)
    {
        int lineCount = tables.LineCount;
        double* outer = tile.Outer(c, k);
        new Span<double>(outer, tables.PaddedOuterCount).Clear();
        new Span<double>(tile.Factor(c, 0, k), lineCount).CopyTo(new Span<double>(outer, lineCount));
        int rows = lineCount;
        for (int attribute = 1; attribute < tables.AttributeCount - 1; attribute++)
        {
            LineKernels.Chosen.MultiplyOut(outer, tile.Factor(c, attribute, k), rows, lineCount);
            rows *= lineCount;
        }
    }

    /// <summary>Marginals of all attributes but the last, from a pattern's weights by outer index, which are used up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumOut(ProductGridTables tables, ProductGridTile tile, double* weights, int c, int k)
    {
        int lineCount = tables.LineCount;
        int rows = tables.OuterCount / lineCount;
        for (int attribute = tables.AttributeCount - 2; attribute >= 0; attribute--, rows /= lineCount)
        {
            double* marginal = tile.Marginal(c, attribute, k);
            new Span<double>(marginal, tables.PaddedLineCount).Clear();
            LineKernels.Chosen.SumOut(weights, marginal, rows, lineCount);
        }
    }
}
