using System.Runtime.CompilerServices;

namespace IrtGpu.Models;

/// <summary>Exponentials and logarithms in plain double arithmetic: the same code on the host, in its vectors and on every device.</summary>
/// <remarks>
/// <para>
/// What models need at every z is generic over the number (<see cref="IReal{TSelf}"/>); what depends on parameters alone takes doubles.
/// </para>
/// <para>
/// Only additions, multiplications, divisions, comparisons and bit casts are used, because device compilers replace
/// the library functions by slow and inaccurate ones. Nothing allocates or throws.
/// </para>
/// <para>
/// Bounds are in units in the last place (ulp) of the exact result, for every finite argument including those with
/// subnormal results, and are tested. Contracting a multiplication and an addition into one rounding (as device
/// compilers may) changes bits, not bounds. NaN gives NaN.
/// </para>
/// <para>
/// Entry points are compiled with full optimisation at once: unoptimised, an operation of <see cref="IReal{TSelf}"/> is a call.
/// </para>
/// <para>Polynomials are Chebyshev fits to the stated functions on the reduced interval.</para>
/// </remarks>
public static partial class Elementary
{
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts: the upper has 42 significant bits, so its product with any binary exponent is exact.
    private const double Ln2Upper = 0.6931471805598903;
    private const double Ln2Lower = 5.497923018708371e-14;

    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double TwoTo54 = 18014398509481984.0;

    /// <summary>e^x, within 0.85 ulp (1 ulp where the result is subnormal); +∞ above 709.78, gradual underflow to 0 below −745.13.</summary>
    /// <remarks>
    /// x = n ln 2 + r with |r| ≤ ln 2 / 2, then e^r = 1 + r + r² q(r), then two scalings by 2^(n/2). What the roundings
    /// of r and of 1 + r drop is added back.
    /// </remarks>
    /// <param name="x">Any double.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Exp(double x) => Exp(new Scalar(x)).Value;

    /// <inheritdoc cref="Exp(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TReal Exp<TReal>(TReal x)
        where TReal : struct, IReal<TReal>
    {
        TReal clamped = TReal.WhereLess(710.0, x, 710.0, x);
        clamped = TReal.WhereLess(clamped, -746.0, -746.0, clamped);
        TReal n = TReal.Nearest(clamped * Log2E);
        TReal upper = clamped - n * Ln2Upper;
        TReal lower = n * Ln2Lower;
        TReal r = upper - lower;
        TReal lost = upper - r - lower; // what rounding r dropped
        TReal leading = 1.0 + r;
        return Scale(leading + ((1.0 - leading + r) + (r * r * ExpTail(r) + lost)), n);
    }

    /// <summary>e^x − 1, within 1.5 ulp; accurate as x → 0, −1 below −40, +∞ above 709.78.</summary>
    /// <param name="x">Any double.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Expm1(double x)
    {
        double clamped = x > 710.0 ? 710.0 : x;
        clamped = clamped < -50.0 ? -50.0 : clamped;
        double n = Scalar.Nearest(clamped * Log2E).Value;
        double upper = clamped - n * Ln2Upper;
        double lower = n * Ln2Lower;
        double r = upper - lower;
        double lost = upper - r - lower; // what rounding r dropped
        double tail = r * r * ExpTail<Scalar>(r).Value + lost * (1.0 + r);
        if (n == 0.0)
            return r + tail;

        // e^x − 1 = 2^n ((1 − 2^−n) + r + tail); beyond 2^60 the 1 no longer matters.
        double unit = n > 60.0 ? 1.0 : 1.0 - Scalar.PowerOfTwo(-n).Value;
        double leading = unit + r;
        return Scale<Scalar>(leading + ((unit - leading + r) + tail), n).Value;
    }

    /// <summary>ln x, within 1 ulp; −∞ at 0, NaN below, +∞ at +∞.</summary>
    /// <remarks>
    /// x = 2^k (1 + f) with 1 + f in [√½, √2); with s = f/(2 + f), ln(1 + f) = 2 artanh s = f − (f²/2 − s(f²/2 + R(s²))).
    /// </remarks>
    /// <param name="x">Any double.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log(double x)
    {
        double shift = 0.0;
        double scaled = x;
        if (x < SmallestNormal)
        {
            if (x <= 0.0)
                return x < 0.0 ? double.NaN : double.NegativeInfinity;
            shift = 54.0;
            scaled = x * TwoTo54;
        }

        if (!(x <= double.MaxValue))
            return x; // +∞ or NaN
        double significand = Scalar.Significand(scaled, out Scalar k).Value;
        return LogOfReduced<Scalar>(significand - 1.0, k.Value - shift, 0.0).Value;
    }

    /// <summary>ln(1 + x), within 1 ulp; accurate as x → 0, −∞ at −1, NaN below, +∞ at +∞.</summary>
    /// <remarks>The rounding error c of u = 1 + x is recovered exactly and c/u added to ln u.</remarks>
    /// <param name="x">Any double.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log1P(double x) => Log1P(new Scalar(x)).Value;

    /// <inheritdoc cref="Log1P(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TReal Log1P<TReal>(TReal x)
        where TReal : struct, IReal<TReal>
    {
        TReal u = 1.0 + x;
        TReal lost = TReal.WhereLess(1.0, x, 1.0 - (u - x), x - (u - 1.0));
        TReal f = TReal.Significand(u, out TReal k) - 1.0;
        TReal correction = lost / u;

        // Near 0 nothing is rounded into u: x itself is the reduced argument.
        TReal reduced = TReal.WhereLess(-0.29, x, TReal.WhereLess(x, 0.41, 1.0, 0.0), 0.0);
        f = TReal.WhereEqual(reduced, 1.0, x, f);
        k = TReal.WhereEqual(reduced, 1.0, 0.0, k);
        correction = TReal.WhereEqual(reduced, 1.0, 0.0, correction);
        TReal result = LogOfReduced(f, k, correction);
        result = TReal.WhereLess(-1.0, x, result, TReal.WhereEqual(x, -1.0, double.NegativeInfinity, double.NaN)); // NaN stays NaN
        return TReal.WhereEqual(x, double.PositiveInfinity, x, result);
    }

    /// <summary>q(r) = (e^r − 1 − r)/r² for |r| ≤ ln 2 / 2, error 1.1e-16 of a value near ½.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TReal ExpTail<TReal>(TReal r)
        where TReal : struct, IReal<TReal>
    {
        TReal square = r * r;
        TReal even = 0.5000000000000001 + square * (0.04166666666662399 + square * (0.0013888888917281794
            + square * (2.480152119021773e-05 + square * 2.7620138719733994e-07)));
        TReal odd = 0.16666666666666669 + square * (0.008333333333330051 + square * (0.00019841269863105968
            + square * (2.7557268378684192e-06 + square * 2.5100424157005067e-08)));
        return even + r * odd;
    }

    /// <summary>value · 2^n by two factors, so that overflow and gradual underflow round once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TReal Scale<TReal>(TReal value, TReal n)
        where TReal : struct, IReal<TReal>
    {
        TReal half = TReal.Nearest(0.5 * n);
        return value * TReal.PowerOfTwo(half) * TReal.PowerOfTwo(n - half);
    }

    /// <summary>k ln 2 + ln(1 + f) + correction, for 1 + f in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TReal LogOfReduced<TReal>(TReal f, TReal k, TReal correction)
        where TReal : struct, IReal<TReal>
    {
        TReal s = f / (2.0 + f);
        TReal square = s * s;
        TReal fourth = square * square;
        TReal even = 0.666666666666667 + fourth * (0.28571428626253836
            + fourth * (0.1818289243253687 + fourth * 0.14617807153417325));
        TReal odd = 0.3999999999989889 + fourth * (0.22222211089379496 + fourth * 0.15331611722055008);
        TReal remainder = square * (even + square * odd); // R(s²) = 2 artanh(s)/s − 2
        TReal halfSquare = 0.5 * f * f;
        TReal small = s * (halfSquare + remainder) + (k * Ln2Lower + correction);
        return k * Ln2Upper - (halfSquare - small - f);
    }
}
