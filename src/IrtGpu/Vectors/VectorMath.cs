using System.Runtime.CompilerServices;

namespace IrtGpu.Vectors;

/// <summary>Elementary functions of several doubles at a time; the same bits whatever the width of the vectors, where the processor fuses.</summary>
internal static class VectorMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.693145751953125; // 20 bits: n · Ln2High is exact
    private const double Ln2Low = 1.4286068203094173e-6;
    private const double RoundingShift = 6755399441055744.0; // 1.5 · 2^52: adding it rounds to an integer in the low bits
    private const double Smallest = -708;

    /// <summary>exp(x) for x ≤ 0, relative error below 2 ulp; 0 for x &lt; −708, where the result is below 4e-308.</summary>
    /// <remarks>x = n ln 2 + r, |r| ≤ ln 2 / 2; exp r by its Taylor polynomial of degree 13 (remainder below 5e-18).</remarks>
    /// <param name="x">Arguments, none above 0; −∞ allowed.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes ExpNonPositive<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes clamped = TLanes.Max(Smallest, x);
        TLanes shifted = TLanes.MultiplyAdd(clamped, Log2E, RoundingShift);
        TLanes n = shifted - RoundingShift;
        TLanes r = TLanes.MultiplyAdd(n, -Ln2High, clamped);
        r = TLanes.MultiplyAdd(n, -Ln2Low, r);

        TLanes p = 1.0 / 6227020800;
        p = TLanes.MultiplyAdd(p, r, 1.0 / 479001600);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 39916800);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 3628800);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 362880);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 40320);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 5040);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 720);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 120);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 24);
        p = TLanes.MultiplyAdd(p, r, 1.0 / 6);
        p = TLanes.MultiplyAdd(p, r, 0.5);
        p = TLanes.MultiplyAdd(p, r, 1.0);
        p = TLanes.MultiplyAdd(p, r, 1.0);

        // The low bits of the shifted value hold n; moved to the exponent they multiply by 2^n.
        TLanes scaled = TLanes.AddBits(p, shifted << 52);
        return TLanes.WhereLess(x, Smallest, 0.0, scaled);
    }

    /// <summary>log(1 + x) for 0 ≤ x ≤ 1, relative error below 4 ulp.</summary>
    /// <remarks>2 artanh(s) with s = x / (2 + x) ≤ 1/3 by its series up to s³³ (remainder below 1e-17).</remarks>
    /// <param name="x">Arguments.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes LogOnePlus<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s = x / (2.0 + x);
        TLanes square = s * s;
        TLanes p = 2.0 / 33;
        p = TLanes.MultiplyAdd(p, square, 2.0 / 31);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 29);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 27);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 25);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 23);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 21);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 19);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 17);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 15);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 13);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 11);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 9);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 7);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 5);
        p = TLanes.MultiplyAdd(p, square, 2.0 / 3);
        return TLanes.MultiplyAdd(p * square, s, 2.0 * s);
    }
}
