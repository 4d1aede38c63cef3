using System.Numerics;

namespace IrtGpu.Tests.Models;

/// <summary>A binary floating-point number of 320 significant bits and unbounded exponent: the oracle's arithmetic.</summary>
internal readonly struct Extended
{
    private const int Precision = 320;
    private static readonly Extended LnTwo = 2 * ArtanhSeries(FromRatio(1, 3));
    private readonly BigInteger significand;
    private readonly int exponent;

    private Extended(BigInteger significand, int exponent)
    {
        int excess = (int)BigInteger.Abs(significand).GetBitLength() - Precision;
        if (excess > 0)
        {
            significand = (significand + (BigInteger.One << (excess - 1))) >> excess;
            exponent += excess;
        }

        this.significand = significand;
        this.exponent = significand.IsZero ? 0 : exponent;
    }

    public bool IsZero => significand.IsZero;

    /// <summary>k with 2^k ≤ |value| &lt; 2^(k+1).</summary>
    public int Magnitude => (int)BigInteger.Abs(significand).GetBitLength() - 1 + exponent;

    public static implicit operator Extended(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "The oracle takes finite numbers only.");
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xFFFFFFFFFFFFF;
        long integer = biased == 0 ? fraction : fraction | (1L << 52);
        return new Extended(bits < 0 ? -integer : integer, (biased == 0 ? 1 : biased) - 1075);
    }

    public static Extended operator +(Extended left, Extended right)
    {
        if (left.IsZero)
            return right;
        if (right.IsZero)
            return left;
        if (left.Magnitude - right.Magnitude > Precision + 2)
            return left;
        if (right.Magnitude - left.Magnitude > Precision + 2)
            return right;
        int common = Math.Min(left.exponent, right.exponent);
        return new Extended(
            (left.significand << (left.exponent - common)) + (right.significand << (right.exponent - common)), common);
    }

    public static Extended operator -(Extended value) => new(-value.significand, value.exponent);

    public static Extended operator -(Extended left, Extended right) => left + -right;

    public static Extended operator *(Extended left, Extended right) =>
        new(left.significand * right.significand, left.exponent + right.exponent);

    public static Extended operator /(Extended left, Extended right)
    {
        int shift = 2 * Precision;
        return new Extended((left.significand << shift) / right.significand, left.exponent - right.exponent - shift);
    }

    public static bool operator <(Extended left, Extended right) => (left - right).significand.Sign < 0;

    public static bool operator >(Extended left, Extended right) => right < left;

    public static Extended Abs(Extended value) => new(BigInteger.Abs(value.significand), value.exponent);

    public static Extended PowerOfTwo(int power) => new(BigInteger.One, power);

    public static Extended Exp(Extended x)
    {
        int power = (int)Math.Round(x.ToDouble() / Math.Log(2));
        Extended reduced = x - power * LnTwo;
        Extended small = new(reduced.significand, reduced.exponent - 16);
        Extended result = 1 + SeriesExpm1(small);
        for (int squaring = 0; squaring < 16; squaring++)
            result *= result;
        return new Extended(result.significand, result.exponent + power);
    }

    public static Extended Expm1(Extended x) =>
        x.IsZero || x.Magnitude < -16 ? SeriesExpm1(x) : Exp(x) - 1;

    public static Extended Log(Extended x)
    {
        int power = x.Magnitude;
        Extended reduced = new(x.significand, x.exponent - power);
        Extended logarithm = Math.Log(reduced.ToDouble());
        for (int step = 0; step < 2; step++) // Halley: 53, 159, 477 bits
        {
            Extended exponential = Exp(logarithm);
            logarithm += 2 * (reduced - exponential) / (reduced + exponential);
        }

        return logarithm + power * LnTwo;
    }

    public static Extended Log1P(Extended x) =>
        x.IsZero || x.Magnitude < -16 ? 2 * ArtanhSeries(x / (2 + x)) : Log(1 + x);

    public static Extended Sigmoid(Extended x)
    {
        if (x > 0)
            return 1 / (1 + Exp(-x));
        Extended exponential = Exp(x);
        return exponential / (1 + exponential);
    }

    /// <summary>Nearest double up to a double rounding in the subnormal range; infinite on overflow.</summary>
    public double ToDouble()
    {
        if (IsZero)
            return 0.0;
        int shift = (int)BigInteger.Abs(significand).GetBitLength() - 64;
        BigInteger leading = shift > 0 ? significand >> shift : significand << -shift;
        return Math.ScaleB((double)leading, Math.Clamp(exponent + shift, -5000, 5000));
    }

    /// <summary>|computed − exact| in units in the last place of a double of the exact value's size.</summary>
    public static double UlpError(double computed, Extended exact)
    {
        if (double.IsInfinity(computed))
            return exact.Magnitude >= 1023 && exact > double.MaxValue ? 0.0 : double.PositiveInfinity;
        if (double.IsNaN(computed))
            return double.PositiveInfinity;
        int ulp = exact.IsZero ? -1074 : Math.Max(exact.Magnitude - 52, -1074);
        return Abs((computed - exact) * PowerOfTwo(-ulp)).ToDouble();
    }

    private static Extended FromRatio(int numerator, int denominator) => (Extended)numerator / denominator;

    private static Extended SeriesExpm1(Extended x)
    {
        Extended sum = x;
        Extended term = x;
        for (int k = 2; !term.IsZero && term.Magnitude > sum.Magnitude - Precision - 2; k++)
        {
            term = term * x / k;
            sum += term;
        }

        return sum;
    }

    private static Extended ArtanhSeries(Extended s)
    {
        Extended sum = s;
        Extended power = s;
        Extended square = s * s;
        for (int k = 3; !power.IsZero && power.Magnitude > sum.Magnitude - Precision - 2; k += 2)
        {
            power *= square;
            sum += power / k;
        }

        return sum;
    }
}
