using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>C ± A Bᵀ of row-major matrices: the one dense loop that Cholesky, triangular inverse and inverse are made of.</summary>
/// <remarks>
/// Rows of both factors are contiguous along the summed index, which is a multiple of <see cref="Lane"/>; four rows by four rows are kept in
/// registers. The order of a sum depends on the shapes alone.
/// </remarks>
internal static unsafe class RowProducts
{
    /// <summary>Orders and sums are multiples of this.</summary>
    public const int Lane = 8;

    private const int Tile = 4;
    private const int LongestSum = 512; // two times four rows of it fit the first-level cache

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
        for (int start = 0; start < depth; start += LongestSum)
        {
            int length = Math.Min(LongestSum, depth - start);
            for (int i = 0; i < rows; i += Tile)
            {
                for (int j = 0; j < columns; j += Tile)
                    AddTile(a + (nint)i * aStride + start, aStride, b + (nint)j * bStride + start, bStride, c + (nint)i * cStride + j, cStride, length, sign);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile(double* a, nint aStride, double* b, nint bStride, double* c, nint cStride, int depth, double sign)
    {
        Vector512<double> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<double> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<double> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<double> s30 = default, s31 = default, s32 = default, s33 = default;
        double* a1 = a + aStride;
        double* a2 = a1 + aStride;
        double* a3 = a2 + aStride;
        double* b1 = b + bStride;
        double* b2 = b1 + bStride;
        double* b3 = b2 + bStride;
        for (nint k = 0; k < depth; k += Lane)
        {
            Vector512<double> y0 = Vector512.Load(b + k);
            Vector512<double> y1 = Vector512.Load(b1 + k);
            Vector512<double> y2 = Vector512.Load(b2 + k);
            Vector512<double> y3 = Vector512.Load(b3 + k);
            Vector512<double> x = Vector512.Load(a + k);
            s00 = Vector512.FusedMultiplyAdd(x, y0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, y1, s01);
            s02 = Vector512.FusedMultiplyAdd(x, y2, s02);
            s03 = Vector512.FusedMultiplyAdd(x, y3, s03);
            x = Vector512.Load(a1 + k);
            s10 = Vector512.FusedMultiplyAdd(x, y0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, y1, s11);
            s12 = Vector512.FusedMultiplyAdd(x, y2, s12);
            s13 = Vector512.FusedMultiplyAdd(x, y3, s13);
            x = Vector512.Load(a2 + k);
            s20 = Vector512.FusedMultiplyAdd(x, y0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, y1, s21);
            s22 = Vector512.FusedMultiplyAdd(x, y2, s22);
            s23 = Vector512.FusedMultiplyAdd(x, y3, s23);
            x = Vector512.Load(a3 + k);
            s30 = Vector512.FusedMultiplyAdd(x, y0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, y1, s31);
            s32 = Vector512.FusedMultiplyAdd(x, y2, s32);
            s33 = Vector512.FusedMultiplyAdd(x, y3, s33);
        }
        AddRow(c, s00, s01, s02, s03, sign);
        AddRow(c + cStride, s10, s11, s12, s13, sign);
        AddRow(c + 2 * cStride, s20, s21, s22, s23, sign);
        AddRow(c + 3 * cStride, s30, s31, s32, s33, sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(double* c, Vector512<double> first, Vector512<double> second, Vector512<double> third, Vector512<double> fourth, double sign)
    {
        c[0] += sign * Vector512.Sum(first);
        c[1] += sign * Vector512.Sum(second);
        c[2] += sign * Vector512.Sum(third);
        c[3] += sign * Vector512.Sum(fourth);
    }
}
