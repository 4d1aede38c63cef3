using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Compute.Loops;

/// <summary>Elementary functions of eight doubles at a time; the same bits whether the machine has 512 or 256-bit vectors.</summary>
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
    public static Vector512<double> ExpNonPositive(Vector512<double> x)
    {
        Vector512<double> clamped = Vector512.Max(x, Vector512.Create(Smallest));
        Vector512<double> shifted = Vector512.FusedMultiplyAdd(clamped, Vector512.Create(Log2E), Vector512.Create(RoundingShift));
        Vector512<double> n = shifted - Vector512.Create(RoundingShift);
        Vector512<double> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);

        Vector512<double> p = Vector512.Create(1.0 / 6227020800);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 479001600));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 39916800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 3628800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 362880));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 40320));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 5040));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);

        // The low bits of the shifted value hold n; moved to the exponent they multiply by 2^n.
        Vector512<double> scaled = (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Smallest)), Vector512<double>.Zero, scaled);
    }
}
