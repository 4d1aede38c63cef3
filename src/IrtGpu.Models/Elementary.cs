namespace IrtGpu.Models;

/// <summary>Exponentials and logarithms in plain double arithmetic: the same code on the host and on every device.</summary>
/// <remarks>
/// <para>
/// Only additions, multiplications, divisions, comparisons and bit casts are used, because device compilers replace
/// the library functions by slow and inaccurate ones. Nothing allocates or throws.
/// </para>
/// <para>
/// Bounds are in units in the last place (ulp) of the exact result, for every finite argument including those with
/// subnormal results, and are tested. Contracting a multiplication and an addition into one rounding (as device
/// compilers may) changes bits, not bounds. NaN gives NaN.
/// </para>
/// <para>Polynomials are Chebyshev fits to the stated functions on the reduced interval.</para>
/// </remarks>
public static partial class Elementary
{
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts: the upper has 42 significant bits, so its product with any binary exponent is exact.
    private const double Ln2Upper = 0.6931471805598903;
    private const double Ln2Lower = 5.497923018708371e-14;

    private const long OneBits = 0x3FF0000000000000;
    private const long RootHalfBits = 0x3FE6A09E667F3BCD;
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double TwoTo54 = 18014398509481984.0;

    /// <summary>e^x, within 1.25 ulp; +∞ above 709.78, gradual underflow to 0 below −745.13.</summary>
    /// <remarks>x = n ln 2 + r with |r| ≤ ln 2 / 2, then e^r = 1 + r + r² q(r), then two exact scalings by 2^(n/2).</remarks>
    /// <param name="x">Any double.</param>
    public static double Exp(double x)
    {
        double clamped = x > 710.0 ? 710.0 : x;
        clamped = clamped < -746.0 ? -746.0 : clamped;
        int n = NearestPowerOfTwo(clamped);
        double upper = clamped - n * Ln2Upper;
        double r = upper - n * Ln2Lower;
        return Scale(1.0 + (r + r * r * ExpTail(r)), n);
    }

    /// <summary>e^x − 1, within 1.5 ulp; accurate as x → 0, −1 below −40, +∞ above 709.78.</summary>
    /// <param name="x">Any double.</param>
    public static double Expm1(double x)
    {
        double clamped = x > 710.0 ? 710.0 : x;
        clamped = clamped < -50.0 ? -50.0 : clamped;
        int n = NearestPowerOfTwo(clamped);
        double upper = clamped - n * Ln2Upper;
        double lower = n * Ln2Lower;
        double r = upper - lower;
        double lost = upper - r - lower; // what rounding r dropped
        double tail = r * r * ExpTail(r) + lost * (1.0 + r);
        if (n == 0)
            return r + tail;

        // e^x − 1 = 2^n ((1 − 2^−n) + r + tail); beyond 2^60 the 1 no longer matters.
        double unit = n > 60 ? 1.0 : 1.0 - PowerOfTwo(-n);
        return Scale(unit + r + tail, n);
    }

    /// <summary>ln x, within 1 ulp; −∞ at 0, NaN below, +∞ at +∞.</summary>
    /// <remarks>
    /// x = 2^k (1 + f) with 1 + f in [√½, √2); with s = f/(2 + f), ln(1 + f) = 2 artanh s = f − (f²/2 − s(f²/2 + R(s²))).
    /// </remarks>
    /// <param name="x">Any double.</param>
    public static double Log(double x)
    {
        int shift = 0;
        double scaled = x;
        if (x < SmallestNormal)
        {
            if (x <= 0.0)
                return x < 0.0 ? double.NaN : double.NegativeInfinity;
            shift = 54;
            scaled = x * TwoTo54;
        }

        if (!(x <= double.MaxValue))
            return x; // +∞ or NaN
        int k = BinaryExponent(scaled);
        return LogOfReduced(Significand(scaled, k) - 1.0, k - shift, 0.0);
    }

    /// <summary>ln(1 + x), within 1 ulp; accurate as x → 0, −∞ at −1, NaN below, +∞ at +∞.</summary>
    /// <remarks>The rounding error c of u = 1 + x is recovered exactly and c/u added to ln u.</remarks>
    /// <param name="x">Any double.</param>
    public static double Log1P(double x)
    {
        if (!(x > -1.0 && x <= double.MaxValue))
        {
            if (x <= -1.0)
                return x < -1.0 ? double.NaN : double.NegativeInfinity;
            return x; // +∞ or NaN
        }

        bool isReduced = x > -0.29 && x < 0.41;
        double u = 1.0 + x;
        double lost = x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0);
        int k = isReduced ? 0 : BinaryExponent(u);
        return LogOfReduced(isReduced ? x : Significand(u, k) - 1.0, k, isReduced ? 0.0 : lost / u);
    }

    private static int NearestPowerOfTwo(double x)
    {
        double quotient = x * Log2E;
        return (int)(quotient < 0.0 ? quotient - 0.5 : quotient + 0.5);
    }

    /// <summary>q(r) = (e^r − 1 − r)/r² for |r| ≤ ln 2 / 2, error 1.1e-16 of a value near ½.</summary>
    private static double ExpTail(double r)
    {
        double square = r * r;
        double even = 0.5000000000000001 + square * (0.04166666666662399 + square * (0.0013888888917281794
            + square * (2.480152119021773e-05 + square * 2.7620138719733994e-07)));
        double odd = 0.16666666666666669 + square * (0.008333333333330051 + square * (0.00019841269863105968
            + square * (2.7557268378684192e-06 + square * 2.5100424157005067e-08)));
        return even + r * odd;
    }

    /// <summary>2^n for −1022 ≤ n ≤ 1023.</summary>
    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);

    /// <summary>value · 2^n by two factors, so that overflow and gradual underflow round once.</summary>
    private static double Scale(double value, int n)
    {
        int half = n >> 1;
        return value * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>k such that x/2^k lies in [√½, √2); x positive, finite and normal.</summary>
    private static int BinaryExponent(double x) =>
        (int)((BitConverter.DoubleToInt64Bits(x) + (OneBits - RootHalfBits)) >> 52) - 1023;

    private static double Significand(double x, int k) =>
        BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) - ((long)k << 52));

    /// <summary>k ln 2 + ln(1 + f) + correction, for 1 + f in [√½, √2).</summary>
    private static double LogOfReduced(double f, int k, double correction)
    {
        double s = f / (2.0 + f);
        double square = s * s;
        double fourth = square * square;
        double even = 0.666666666666667 + fourth * (0.28571428626253836
            + fourth * (0.1818289243253687 + fourth * 0.14617807153417325));
        double odd = 0.3999999999989889 + fourth * (0.22222211089379496 + fourth * 0.15331611722055008);
        double remainder = square * (even + square * odd); // R(s²) = 2 artanh(s)/s − 2
        double halfSquare = 0.5 * f * f;
        double small = s * (halfSquare + remainder) + (k * Ln2Lower + correction);
        return k * Ln2Upper - (halfSquare - small - f);
    }
}
