using System.Runtime.CompilerServices;

namespace IrtGpu.Models;

/// <summary>One double as an <see cref="IReal{TSelf}"/>: on devices, and on the host for single values.</summary>
/// <param name="value">The number.</param>
public readonly struct Scalar(double value) : IReal<Scalar>
{
    private const long OneBits = 0x3FF0000000000000;
    private const long RootHalfBits = 0x3FE6A09E667F3BCD;

    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Scalar(double value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar operator +(Scalar left, Scalar right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar operator -(Scalar left, Scalar right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar operator *(Scalar left, Scalar right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar operator /(Scalar left, Scalar right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar operator -(Scalar value) => new(-value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar WhereLess(Scalar left, Scalar right, Scalar chosen, Scalar otherwise) =>
        new(left.Value < right.Value ? chosen.Value : otherwise.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar WhereEqual(Scalar left, Scalar right, Scalar chosen, Scalar otherwise) =>
        new(left.Value == right.Value ? chosen.Value : otherwise.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar Nearest(Scalar value) => new((int)(value.Value < 0.0 ? value.Value - 0.5 : value.Value + 0.5));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar PowerOfTwo(Scalar exponent) =>
        new(BitConverter.Int64BitsToDouble((long)((int)exponent.Value + 1023) << 52));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar Significand(Scalar value, out Scalar exponent)
    {
        long bits = BitConverter.DoubleToInt64Bits(value.Value);
        int k = (int)((bits + (OneBits - RootHalfBits)) >> 52) - 1023;
        exponent = new(k);
        return new(BitConverter.Int64BitsToDouble(bits - ((long)k << 52)));
    }
}
