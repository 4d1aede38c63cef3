using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Loops;

/// <summary>The one matrix product that the separable E-step is made of, on rows padded to eights.</summary>
internal static unsafe class MatrixKernels
{
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
        switch (VectorWidth.Bits)
        {
            case 512:
                MultiplyAdd<Lanes512>(a, aRow, aInner, b, bRow, c, cRow, rows, inner, width);
                break;
            case 256:
                MultiplyAdd<Lanes256>(a, aRow, aInner, b, bRow, c, cRow, rows, inner, width);
                break;
            default:
                MultiplyAdd<Lanes128>(a, aRow, aInner, b, bRow, c, cRow, rows, inner, width);
                break;
        }
    }

    /// <summary>The same by vectors of one width.</summary>
    internal static void MultiplyAdd<TLanes>(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int rows, int inner, int width)
        where TLanes : struct, ILanes<TLanes>
    {
        int count = TLanes.Count;
        int whole = rows / 4 * 4;
        int lane = 0;
        for (; lane + 4 * count <= width && count == 8; lane += 4 * count) // its sums need more registers than narrower vectors have
        {
            for (int row = 0; row < whole; row += 4)
                FourByFour<TLanes>(a + row * aRow, aRow, aInner, b + lane, bRow, c + row * cRow + lane, cRow, inner);
        }
        for (; lane + 3 * count <= width; lane += 3 * count)
        {
            for (int row = 0; row < whole; row += 4)
                FourByThree<TLanes>(a + row * aRow, aRow, aInner, b + lane, bRow, c + row * cRow + lane, cRow, inner);
        }
        for (; lane < width; lane += count)
        {
            for (int row = 0; row < whole; row += 4)
                FourByOne<TLanes>(a + row * aRow, aRow, aInner, b + lane, bRow, c + row * cRow + lane, cRow, inner);
        }
        for (int row = whole; row < rows; row++)
        {
            for (lane = 0; lane < width; lane += count)
                OneByOne<TLanes>(a + row * aRow, aInner, b + lane, bRow, c + row * cRow + lane, inner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour<TLanes>(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        double* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        TLanes s00 = TLanes.Load(c), s01 = TLanes.Load(c + lanes), s02 = TLanes.Load(c + 2 * lanes), s03 = TLanes.Load(c + 3 * lanes);
        TLanes s10 = TLanes.Load(c1), s11 = TLanes.Load(c1 + lanes), s12 = TLanes.Load(c1 + 2 * lanes), s13 = TLanes.Load(c1 + 3 * lanes);
        TLanes s20 = TLanes.Load(c2), s21 = TLanes.Load(c2 + lanes), s22 = TLanes.Load(c2 + 2 * lanes), s23 = TLanes.Load(c2 + 3 * lanes);
        TLanes s30 = TLanes.Load(c3), s31 = TLanes.Load(c3 + lanes), s32 = TLanes.Load(c3 + 2 * lanes), s33 = TLanes.Load(c3 + 3 * lanes);
        for (int t = 0; t < inner; t++)
        {
            TLanes b0 = TLanes.Load(b), b1 = TLanes.Load(b + lanes), b2 = TLanes.Load(b + 2 * lanes), b3 = TLanes.Load(b + 3 * lanes);
            TLanes factor = *a;
            s00 = TLanes.MultiplyAdd(factor, b0, s00);
            s01 = TLanes.MultiplyAdd(factor, b1, s01);
            s02 = TLanes.MultiplyAdd(factor, b2, s02);
            s03 = TLanes.MultiplyAdd(factor, b3, s03);
            factor = a[aRow];
            s10 = TLanes.MultiplyAdd(factor, b0, s10);
            s11 = TLanes.MultiplyAdd(factor, b1, s11);
            s12 = TLanes.MultiplyAdd(factor, b2, s12);
            s13 = TLanes.MultiplyAdd(factor, b3, s13);
            factor = a[2 * aRow];
            s20 = TLanes.MultiplyAdd(factor, b0, s20);
            s21 = TLanes.MultiplyAdd(factor, b1, s21);
            s22 = TLanes.MultiplyAdd(factor, b2, s22);
            s23 = TLanes.MultiplyAdd(factor, b3, s23);
            factor = a[3 * aRow];
            s30 = TLanes.MultiplyAdd(factor, b0, s30);
            s31 = TLanes.MultiplyAdd(factor, b1, s31);
            s32 = TLanes.MultiplyAdd(factor, b2, s32);
            s33 = TLanes.MultiplyAdd(factor, b3, s33);
            a += aInner;
            b += bRow;
        }
        s00.Store(c);
        s01.Store(c + lanes);
        s02.Store(c + 2 * lanes);
        s03.Store(c + 3 * lanes);
        s10.Store(c1);
        s11.Store(c1 + lanes);
        s12.Store(c1 + 2 * lanes);
        s13.Store(c1 + 3 * lanes);
        s20.Store(c2);
        s21.Store(c2 + lanes);
        s22.Store(c2 + 2 * lanes);
        s23.Store(c2 + 3 * lanes);
        s30.Store(c3);
        s31.Store(c3 + lanes);
        s32.Store(c3 + 2 * lanes);
        s33.Store(c3 + 3 * lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByThree<TLanes>(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        double* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        TLanes s00 = TLanes.Load(c), s01 = TLanes.Load(c + lanes), s02 = TLanes.Load(c + 2 * lanes);
        TLanes s10 = TLanes.Load(c1), s11 = TLanes.Load(c1 + lanes), s12 = TLanes.Load(c1 + 2 * lanes);
        TLanes s20 = TLanes.Load(c2), s21 = TLanes.Load(c2 + lanes), s22 = TLanes.Load(c2 + 2 * lanes);
        TLanes s30 = TLanes.Load(c3), s31 = TLanes.Load(c3 + lanes), s32 = TLanes.Load(c3 + 2 * lanes);
        for (int t = 0; t < inner; t++)
        {
            TLanes b0 = TLanes.Load(b), b1 = TLanes.Load(b + lanes), b2 = TLanes.Load(b + 2 * lanes);
            TLanes factor = *a;
            s00 = TLanes.MultiplyAdd(factor, b0, s00);
            s01 = TLanes.MultiplyAdd(factor, b1, s01);
            s02 = TLanes.MultiplyAdd(factor, b2, s02);
            factor = a[aRow];
            s10 = TLanes.MultiplyAdd(factor, b0, s10);
            s11 = TLanes.MultiplyAdd(factor, b1, s11);
            s12 = TLanes.MultiplyAdd(factor, b2, s12);
            factor = a[2 * aRow];
            s20 = TLanes.MultiplyAdd(factor, b0, s20);
            s21 = TLanes.MultiplyAdd(factor, b1, s21);
            s22 = TLanes.MultiplyAdd(factor, b2, s22);
            factor = a[3 * aRow];
            s30 = TLanes.MultiplyAdd(factor, b0, s30);
            s31 = TLanes.MultiplyAdd(factor, b1, s31);
            s32 = TLanes.MultiplyAdd(factor, b2, s32);
            a += aInner;
            b += bRow;
        }
        s00.Store(c);
        s01.Store(c + lanes);
        s02.Store(c + 2 * lanes);
        s10.Store(c1);
        s11.Store(c1 + lanes);
        s12.Store(c1 + 2 * lanes);
        s20.Store(c2);
        s21.Store(c2 + lanes);
        s22.Store(c2 + 2 * lanes);
        s30.Store(c3);
        s31.Store(c3 + lanes);
        s32.Store(c3 + 2 * lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne<TLanes>(double* a, long aRow, long aInner, double* b, long bRow, double* c, long cRow, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        double* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        TLanes s0 = TLanes.Load(c), s1 = TLanes.Load(c1), s2 = TLanes.Load(c2), s3 = TLanes.Load(c3);
        for (int t = 0; t < inner; t++)
        {
            TLanes b0 = TLanes.Load(b);
            s0 = TLanes.MultiplyAdd(*a, b0, s0);
            s1 = TLanes.MultiplyAdd(a[aRow], b0, s1);
            s2 = TLanes.MultiplyAdd(a[2 * aRow], b0, s2);
            s3 = TLanes.MultiplyAdd(a[3 * aRow], b0, s3);
            a += aInner;
            b += bRow;
        }
        s0.Store(c);
        s1.Store(c1);
        s2.Store(c2);
        s3.Store(c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne<TLanes>(double* a, long aInner, double* b, long bRow, double* c, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s0 = TLanes.Load(c);
        for (int t = 0; t < inner; t++)
        {
            s0 = TLanes.MultiplyAdd(*a, TLanes.Load(b), s0);
            a += aInner;
            b += bRow;
        }
        s0.Store(c);
    }
}
