using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Compute.Loops;

/// <summary>The one matrix product that the separable E-step is made of, on rows padded to vectors of eight.</summary>
internal static unsafe class MatrixKernels
{
    private const int Lanes = 8;

    /// <summary>C[r, v] += Σ_t A[r, t] B[t, v]; each element is summed in the order of t, whatever the blocking.</summary>
    /// <param name="a">A.</param>
    /// <param name="aRow">Distance of A's rows.</param>
    /// <param name="aInner">Distance of A's elements within a row.</param>
    /// <param name="b">B, rows contiguous and aligned.</param>
    /// <param name="bRow">Distance of B's rows.</param>
    /// <param name="c">C, rows contiguous and aligned.</param>
    /// <param name="cRow">Distance of C's rows.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <param name="width">Columns of B and C, a multiple of 8.</param>
    public static void MultiplyAdd(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int rows, int inner, int width)
    {
        int whole = rows / 4 * 4;
        int lane = 0;
        for (; lane + 4 * Lanes <= width; lane += 4 * Lanes)
        {
            for (int row = 0; row < whole; row += 4)
                FourByFour(a + row * aRow, aRow, aInner, b + lane, bRow, c + row * cRow + lane, cRow, inner);
        }
        for (; lane + 3 * Lanes <= width; lane += 3 * Lanes)
        {
            for (int row = 0; row < whole; row += 4)
                FourByThree(a + row * aRow, aRow, aInner, b + lane, bRow, c + row * cRow + lane, cRow, inner);
        }
        for (; lane < width; lane += Lanes)
        {
            for (int row = 0; row < whole; row += 4)
                FourByOne(a + row * aRow, aRow, aInner, b + lane, bRow, c + row * cRow + lane, cRow, inner);
        }
        for (int row = whole; row < rows; row++)
        {
            for (lane = 0; lane < width; lane += Lanes)
                OneByOne(a + row * aRow, aInner, b + lane, bRow, c + row * cRow + lane, inner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int inner)
    {
        double* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        Vector512<double> s00 = Vector512.Load(c), s01 = Vector512.Load(c + 8), s02 = Vector512.Load(c + 16), s03 = Vector512.Load(c + 24);
        Vector512<double> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + 8), s12 = Vector512.Load(c1 + 16), s13 = Vector512.Load(c1 + 24);
        Vector512<double> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + 8), s22 = Vector512.Load(c2 + 16), s23 = Vector512.Load(c2 + 24);
        Vector512<double> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + 8), s32 = Vector512.Load(c3 + 16), s33 = Vector512.Load(c3 + 24);
        for (int t = 0; t < inner; t++)
        {
            Vector512<double> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 8), b2 = Vector512.Load(b + 16), b3 = Vector512.Load(b + 24);
            Vector512<double> factor = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(factor, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(factor, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(factor, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(factor, b3, s03);
            factor = Vector512.Create(a[aRow]);
            s10 = Vector512.FusedMultiplyAdd(factor, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(factor, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(factor, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(factor, b3, s13);
            factor = Vector512.Create(a[2 * aRow]);
            s20 = Vector512.FusedMultiplyAdd(factor, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(factor, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(factor, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(factor, b3, s23);
            factor = Vector512.Create(a[3 * aRow]);
            s30 = Vector512.FusedMultiplyAdd(factor, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(factor, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(factor, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(factor, b3, s33);
            a += aInner;
            b += bRow;
        }
        s00.Store(c);
        s01.Store(c + 8);
        s02.Store(c + 16);
        s03.Store(c + 24);
        s10.Store(c1);
        s11.Store(c1 + 8);
        s12.Store(c1 + 16);
        s13.Store(c1 + 24);
        s20.Store(c2);
        s21.Store(c2 + 8);
        s22.Store(c2 + 16);
        s23.Store(c2 + 24);
        s30.Store(c3);
        s31.Store(c3 + 8);
        s32.Store(c3 + 16);
        s33.Store(c3 + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByThree(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int inner)
    {
        double* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        Vector512<double> s00 = Vector512.Load(c), s01 = Vector512.Load(c + 8), s02 = Vector512.Load(c + 16);
        Vector512<double> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + 8), s12 = Vector512.Load(c1 + 16);
        Vector512<double> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + 8), s22 = Vector512.Load(c2 + 16);
        Vector512<double> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + 8), s32 = Vector512.Load(c3 + 16);
        for (int t = 0; t < inner; t++)
        {
            Vector512<double> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 8), b2 = Vector512.Load(b + 16);
            Vector512<double> factor = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(factor, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(factor, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(factor, b2, s02);
            factor = Vector512.Create(a[aRow]);
            s10 = Vector512.FusedMultiplyAdd(factor, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(factor, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(factor, b2, s12);
            factor = Vector512.Create(a[2 * aRow]);
            s20 = Vector512.FusedMultiplyAdd(factor, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(factor, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(factor, b2, s22);
            factor = Vector512.Create(a[3 * aRow]);
            s30 = Vector512.FusedMultiplyAdd(factor, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(factor, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(factor, b2, s32);
            a += aInner;
            b += bRow;
        }
        s00.Store(c);
        s01.Store(c + 8);
        s02.Store(c + 16);
        s10.Store(c1);
        s11.Store(c1 + 8);
        s12.Store(c1 + 16);
        s20.Store(c2);
        s21.Store(c2 + 8);
        s22.Store(c2 + 16);
        s30.Store(c3);
        s31.Store(c3 + 8);
        s32.Store(c3 + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int inner)
    {
        double* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        Vector512<double> s0 = Vector512.Load(c), s1 = Vector512.Load(c1), s2 = Vector512.Load(c2), s3 = Vector512.Load(c3);
        for (int t = 0; t < inner; t++)
        {
            Vector512<double> b0 = Vector512.Load(b);
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(*a), b0, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[aRow]), b0, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2 * aRow]), b0, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3 * aRow]), b0, s3);
            a += aInner;
            b += bRow;
        }
        s0.Store(c);
        s1.Store(c1);
        s2.Store(c2);
        s3.Store(c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(double* a, long aInner, double* b, long bRow, double* c, int inner)
    {
        Vector512<double> s0 = Vector512.Load(c);
        for (int t = 0; t < inner; t++)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(*a), Vector512.Load(b), s0);
            a += aInner;
            b += bRow;
        }
        s0.Store(c);
    }
}
