using System.Numerics;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>The loops over a block of rows that a pass is made of; a block stays in the first-level cache.</summary>
internal static class RowKernels
{
    /// <summary>residual −= Σ_j coefficient_j x_j, four columns at a time.</summary>
    /// <param name="columns">x. [p][row]</param>
    /// <param name="first">First row of the block.</param>
    /// <param name="coefficients">[p]</param>
    /// <param name="residual">In: response; out: residuals. [row of the block]</param>
    public static void Subtract(double[][] columns, int first, ReadOnlySpan<double> coefficients, Span<double> residual)
    {
        int length = residual.Length;
        int j = 0;
        for (; j + 4 <= coefficients.Length; j += 4)
            Subtract(columns[j].AsSpan(first, length), columns[j + 1].AsSpan(first, length), columns[j + 2].AsSpan(first, length), columns[j + 3].AsSpan(first, length), coefficients.Slice(j, 4), residual);
        for (; j < coefficients.Length; j++)
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(columns[j].AsSpan(first, length), -coefficients[j], residual, residual);
    }

    /// <summary>weight · x · y summed for y of four columns: the dot products of one row of a cross-product matrix.</summary>
    /// <param name="weighted">weight · x. [row of the block]</param>
    /// <param name="columns">The columns y. [p][row]</param>
    /// <param name="first">First row of the block.</param>
    /// <param name="sums">The sums are added here, one a column, from the first column on.</param>
    public static void AddDots(ReadOnlySpan<double> weighted, double[][] columns, int first, Span<double> sums)
    {
        int length = weighted.Length;
        int j = 0;
        for (; j + 4 <= sums.Length; j += 4)
            AddDots(weighted, columns[j].AsSpan(first, length), columns[j + 1].AsSpan(first, length), columns[j + 2].AsSpan(first, length), columns[j + 3].AsSpan(first, length), sums.Slice(j, 4));
        for (; j < sums.Length; j++)
            sums[j] += FixedOrderSums.Dot(weighted, columns[j].AsSpan(first, length));
    }

    private static void Subtract(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d, ReadOnlySpan<double> coefficients, Span<double> residual)
    {
        ReadOnlySpan<Vector<double>> va = MemoryMarshal.Cast<double, Vector<double>>(a);
        ReadOnlySpan<Vector<double>> vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        ReadOnlySpan<Vector<double>> vc = MemoryMarshal.Cast<double, Vector<double>>(c);
        ReadOnlySpan<Vector<double>> vd = MemoryMarshal.Cast<double, Vector<double>>(d);
        Span<Vector<double>> vr = MemoryMarshal.Cast<double, Vector<double>>(residual);
        Vector<double> fa = new(-coefficients[0]);
        Vector<double> fb = new(-coefficients[1]);
        Vector<double> fc = new(-coefficients[2]);
        Vector<double> fd = new(-coefficients[3]);
        for (int i = 0; i < vr.Length; i++)
            vr[i] = Vector.FusedMultiplyAdd(vd[i], fd, Vector.FusedMultiplyAdd(vc[i], fc, Vector.FusedMultiplyAdd(vb[i], fb, Vector.FusedMultiplyAdd(va[i], fa, vr[i]))));
        for (int i = vr.Length * Vector<double>.Count; i < residual.Length; i++)
            residual[i] = Math.FusedMultiplyAdd(d[i], -coefficients[3], Math.FusedMultiplyAdd(c[i], -coefficients[2], Math.FusedMultiplyAdd(b[i], -coefficients[1], Math.FusedMultiplyAdd(a[i], -coefficients[0], residual[i]))));
    }

    private static void AddDots(ReadOnlySpan<double> weighted, ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d, Span<double> sums)
    {
        ReadOnlySpan<Vector<double>> vw = MemoryMarshal.Cast<double, Vector<double>>(weighted);
        ReadOnlySpan<Vector<double>> va = MemoryMarshal.Cast<double, Vector<double>>(a);
        ReadOnlySpan<Vector<double>> vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        ReadOnlySpan<Vector<double>> vc = MemoryMarshal.Cast<double, Vector<double>>(c);
        ReadOnlySpan<Vector<double>> vd = MemoryMarshal.Cast<double, Vector<double>>(d);
        Vector<double> sa = default;
        Vector<double> sb = default;
        Vector<double> sc = default;
        Vector<double> sd = default;
        for (int i = 0; i < vw.Length; i++)
        {
            Vector<double> weight = vw[i];
            sa = Vector.FusedMultiplyAdd(weight, va[i], sa);
            sb = Vector.FusedMultiplyAdd(weight, vb[i], sb);
            sc = Vector.FusedMultiplyAdd(weight, vc[i], sc);
            sd = Vector.FusedMultiplyAdd(weight, vd[i], sd);
        }
        (double ra, double rb, double rc, double rd) = (Vector.Sum(sa), Vector.Sum(sb), Vector.Sum(sc), Vector.Sum(sd));
        for (int i = vw.Length * Vector<double>.Count; i < weighted.Length; i++)
        {
            ra += weighted[i] * a[i];
            rb += weighted[i] * b[i];
            rc += weighted[i] * c[i];
            rd += weighted[i] * d[i];
        }
        sums[0] += ra;
        sums[1] += rb;
        sums[2] += rc;
        sums[3] += rd;
    }
}
