using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>C ± A Bᵀ of row-major matrices: the one dense loop that Cholesky, triangular inverse and inverse are made of.</summary>
/// <remarks>
/// Rows of both factors are contiguous along the summed index, which is a multiple of <see cref="Lane"/>; two rows by four rows are kept in
/// registers. The order of a sum depends on the shapes and on the width of the vectors alone.
/// </remarks>
internal static unsafe class RowProducts
{
    /// <summary>Orders and sums are multiples of this.</summary>
    public const int Lane = 8;

    private const int TileRows = 2; // eight sums and what they are made of fit the sixteen registers of narrow vectors
    private const int TileColumns = 4;
    private const int LongestSum = 512; // six rows of it fit the first-level cache

    /// <summary>C += sign · A Bᵀ.</summary>
    /// <param name="a">First row of A. [rows, depth], rows <paramref name="aStride"/> apart</param>
    /// <param name="aStride">Distance of the rows of A.</param>
    /// <param name="b">First row of B. [columns, depth]</param>
    /// <param name="bStride">Distance of the rows of B.</param>
    /// <param name="c">First element of C. [rows, columns]</param>
    /// <param name="cStride">Distance of the rows of C.</param>
    /// <param name="rows">Rows of A, a multiple of 4.</param>
    /// <param name="columns">Rows of B, a multiple of 4.</param>
    /// <param name="depth">Length of the sums, a multiple of <see cref="Lane"/>.</param>
    /// <param name="sign">1 or −1.</param>
    public static void Add(double* a, int aStride, double* b, int bStride, double* c, int cStride, int rows, int columns, int depth, double sign)
    {
        switch (VectorWidth.Bits)
        {
            case 512:
                Add<RowSum512>(a, aStride, b, bStride, c, cStride, rows, columns, depth, sign);
                break;
            case 256:
                Add<RowSum256>(a, aStride, b, bStride, c, cStride, rows, columns, depth, sign);
                break;
            default:
                Add<RowSum128>(a, aStride, b, bStride, c, cStride, rows, columns, depth, sign);
                break;
        }
    }

    /// <summary>The same by vectors of one width.</summary>
    internal static void Add<TSum>(double* a, int aStride, double* b, int bStride, double* c, int cStride, int rows, int columns, int depth, double sign)
        where TSum : struct, IRowSum<TSum>
    {
        for (int start = 0; start < depth; start += LongestSum)
        {
            int length = Math.Min(LongestSum, depth - start);
            for (int i = 0; i < rows; i += TileRows)
            {
                for (int j = 0; j < columns; j += TileColumns)
                    AddTile<TSum>(a + (nint)i * aStride + start, aStride, b + (nint)j * bStride + start, bStride, c + (nint)i * cStride + j, cStride, length, sign);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile<TSum>(double* a, nint aStride, double* b, nint bStride, double* c, nint cStride, int depth, double sign)
        where TSum : struct, IRowSum<TSum>
    {
        TSum s00 = default, s01 = default, s02 = default, s03 = default;
        TSum s10 = default, s11 = default, s12 = default, s13 = default;
        double* a1 = a + aStride;
        double* b1 = b + bStride;
        double* b2 = b1 + bStride;
        double* b3 = b2 + bStride;
        for (nint k = 0; k < depth; k += TSum.Count)
        {
            TSum y0 = TSum.Load(b + k);
            TSum y1 = TSum.Load(b1 + k);
            TSum y2 = TSum.Load(b2 + k);
            TSum y3 = TSum.Load(b3 + k);
            TSum x = TSum.Load(a + k);
            s00 = TSum.MultiplyAdd(x, y0, s00);
            s01 = TSum.MultiplyAdd(x, y1, s01);
            s02 = TSum.MultiplyAdd(x, y2, s02);
            s03 = TSum.MultiplyAdd(x, y3, s03);
            x = TSum.Load(a1 + k);
            s10 = TSum.MultiplyAdd(x, y0, s10);
            s11 = TSum.MultiplyAdd(x, y1, s11);
            s12 = TSum.MultiplyAdd(x, y2, s12);
            s13 = TSum.MultiplyAdd(x, y3, s13);
        }
        AddRow(c, s00, s01, s02, s03, sign);
        AddRow(c + cStride, s10, s11, s12, s13, sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TSum>(double* c, TSum first, TSum second, TSum third, TSum fourth, double sign)
        where TSum : struct, IRowSum<TSum>
    {
        c[0] += sign * first.Total();
        c[1] += sign * second.Total();
        c[2] += sign * third.Total();
        c[3] += sign * fourth.Total();
    }
}
