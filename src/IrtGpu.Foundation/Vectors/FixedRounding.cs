using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace IrtGpu.Foundation.Vectors;

/// <summary>Exponentials and logarithms of arrays whose bits depend on the argument alone.</summary>
/// <remarks>
/// The runtime's own round otherwise in code that is not optimised yet, and choose another formula for a whole vector where one of its
/// numbers is small, so that results would change from run to run. On processors that do not fuse multiplication and addition the last
/// bits differ from those of processors that do.
/// </remarks>
internal static class FixedRounding
{
    private const int Lane = 4;
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.693145751953125; // 20 bits: n · Ln2High is exact
    private const double Ln2Low = 1.4286068203094173e-6;
    private const double RoundingShift = 6755399441055744.0; // 1.5 · 2^52: adding it rounds to an integer in the low bits
    private const double LargestExponent = 709.78; // a little less than the logarithm of the largest double, where rounding could leave the doubles
    private const double LeastExponent = -708.3964185322641; // log of the least normal double
    private const double LeastNormal = 2.2250738585072014e-308;
    private const double TwoTo54 = 18014398509481984;

    /// <summary>a · b + c, rounded once where the processor can, else twice.</summary>
    /// <param name="a">a.</param>
    /// <param name="b">b.</param>
    /// <param name="c">c.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? Vector256.FusedMultiplyAdd(a, b, c) : a * b + c;

    /// <summary>exp(x) of every number, relative error below 2 ulp; 0 below the logarithm of the least normal double, −708.4, and ∞ above 709.78.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="result">Receives the exponentials; may be the arguments' own place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exp(ReadOnlySpan<double> x, Span<double> result)
    {
        RequireLength(x, result);
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(result);
        int index = 0;
        for (; index <= x.Length - Lane; index += Lane)
            Exp(Vector256.LoadUnsafe(ref source, (nuint)index)).StoreUnsafe(ref target, (nuint)index);
        for (; index < x.Length; index++)
            result[index] = Exp(Vector256.Create(x[index])).ToScalar();
    }

    /// <summary>log(x) of every number, relative error below 2 ulp; −∞ at 0, not a number below.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="result">Receives the logarithms; may be the arguments' own place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Log(ReadOnlySpan<double> x, Span<double> result)
    {
        RequireLength(x, result);
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(result);
        int index = 0;
        for (; index <= x.Length - Lane; index += Lane)
            Log(Vector256.LoadUnsafe(ref source, (nuint)index)).StoreUnsafe(ref target, (nuint)index);
        for (; index < x.Length; index++)
            result[index] = Log(Vector256.Create(x[index])).ToScalar();
    }

    /// <summary>exp(x) of eight numbers, as <see cref="Exp(ReadOnlySpan{double}, Span{double})"/> has it.</summary>
    /// <param name="x">Arguments.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x) => Vector512.Create(Exp(x.GetLower()), Exp(x.GetUpper()));

    /// <summary>log(x) of eight numbers, as <see cref="Log(ReadOnlySpan{double}, Span{double})"/> has it.</summary>
    /// <param name="x">Arguments.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x) => Vector512.Create(Log(x.GetLower()), Log(x.GetUpper()));

    /// <summary>x = n ln 2 + r, |r| ≤ ln 2 / 2; exp r by its Taylor polynomial of degree 13 (remainder below 5e-18); twice 2^(n/2), as n may be 1024.</summary>
    private static Vector256<double> Exp(Vector256<double> x)
    {
        Vector256<double> clamped = Vector256.Min(Vector256.Max(x, Vector256.Create(LeastExponent)), Vector256.Create(LargestExponent));
        Vector256<double> shifted = MultiplyAdd(clamped, Vector256.Create(Log2E), Vector256.Create(RoundingShift));
        Vector256<double> n = shifted - Vector256.Create(RoundingShift);
        Vector256<double> r = MultiplyAdd(n, Vector256.Create(-Ln2High), clamped);
        r = MultiplyAdd(n, Vector256.Create(-Ln2Low), r);
        Vector256<double> p = Vector256.Create(1.0 / 6227020800);
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 479001600));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 39916800));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 3628800));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 362880));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 40320));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 5040));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 720));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 120));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 24));
        p = MultiplyAdd(p, r, Vector256.Create(1.0 / 6));
        p = MultiplyAdd(p, r, Vector256.Create(0.5));
        p = MultiplyAdd(p, r, Vector256<double>.One);
        p = MultiplyAdd(p, r, Vector256<double>.One);

        Vector256<long> power = shifted.AsInt64() - Vector256.Create(RoundingShift).AsInt64();
        Vector256<long> half = power >> 1;
        Vector256<long> bias = Vector256.Create(1023L);
        p = p * ((half + bias) << 52).AsDouble() * ((power - half + bias) << 52).AsDouble();
        p = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(LeastExponent)), Vector256<double>.Zero, p);
        p = Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256.Create(LargestExponent)), Vector256.Create(double.PositiveInfinity), p);
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), p, x);
    }

    /// <summary>x = 2^n m, √½ ≤ m &lt; √2; log m = 2 artanh s, s = (m − 1)/(m + 1), by eleven terms of its series (remainder below 3e-19).</summary>
    private static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<double> isSmall = Vector256.LessThan(x, Vector256.Create(LeastNormal));
        Vector256<long> bits = Vector256.ConditionalSelect(isSmall, x * Vector256.Create(TwoTo54), x).AsInt64();
        // What is added carries into the exponent where the mantissa is √2 or more.
        const long SqrtHalf = 0x3FE6A09E667F3BCDL;
        Vector256<long> above = bits - Vector256.Create(SqrtHalf);
        Vector256<long> power = above >> 52;
        Vector256<double> m = (bits - (power << 52)).AsDouble();
        Vector256<double> n = ((power + Vector256.Create(RoundingShift).AsInt64()).AsDouble() - Vector256.Create(RoundingShift))
            - Vector256.ConditionalSelect(isSmall, Vector256.Create(54.0), Vector256<double>.Zero);

        Vector256<double> f = m - Vector256<double>.One;
        Vector256<double> s = f / (m + Vector256<double>.One);
        Vector256<double> square = s * s;
        Vector256<double> p = Vector256.Create(2.0 / 23);
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 21));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 19));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 17));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 15));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 13));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 11));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 9));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 7));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 5));
        p = MultiplyAdd(p, square, Vector256.Create(2.0 / 3));
        // 2 s = f − s f: what is large is f, which is exact.
        Vector256<double> correction = MultiplyAdd(p * square, s, -(s * f));
        Vector256<double> result = MultiplyAdd(n, Vector256.Create(Ln2High), f + MultiplyAdd(n, Vector256.Create(Ln2Low), correction));

        result = Vector256.ConditionalSelect(Vector256.Equals(x, Vector256.Create(double.PositiveInfinity)), x, result);
        result = Vector256.ConditionalSelect(Vector256.Equals(x, Vector256<double>.Zero), Vector256.Create(double.NegativeInfinity), result);
        result = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<double>.Zero), Vector256.Create(double.NaN), result);
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), result, x);
    }

    private static void RequireLength(ReadOnlySpan<double> x, Span<double> result)
    {
        if (result.Length < x.Length)
            throw new ArgumentException($"{result.Length} numbers have no room for the results of {x.Length}.", nameof(result));
    }
}
