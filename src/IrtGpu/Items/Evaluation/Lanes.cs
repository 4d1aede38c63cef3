using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IrtGpu.Models;

namespace IrtGpu.Items.Evaluation;

/// <summary>Eight doubles side by side as an <see cref="IReal{TSelf}"/>: the host's item models at eight nodes at a time.</summary>
/// <remarks>Nothing is fused, so each lane has the bits that <see cref="Scalar"/> gives, whatever the width of the machine's vectors.</remarks>
/// <param name="value">The numbers.</param>
internal readonly struct Lanes(Vector512<double> value) : IReal<Lanes>
{
    /// <summary>Numbers side by side.</summary>
    public const int Count = 8;

    private const long OneBits = 0x3FF0000000000000;
    private const long RootHalfBits = 0x3FE6A09E667F3BCD;
    private const double ExponentShift = 6755399441055744.0 + 1023; // adding it leaves n + 1023 in the low bits
    private const double TwoTo52 = 4503599627370496.0;

    private readonly Vector512<double> value = value;

    /// <summary>The numbers.</summary>
    public Vector512<double> Value => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator +(Lanes left, Lanes right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator -(Lanes left, Lanes right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator *(Lanes left, Lanes right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator /(Lanes left, Lanes right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator -(Lanes value) => new(-value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes WhereLess(Lanes left, Lanes right, Lanes chosen, Lanes otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes WhereEqual(Lanes left, Lanes right, Lanes chosen, Lanes otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Nearest(Lanes value)
    {
        Vector512<double> half = Vector512.ConditionalSelect(
            Vector512.LessThan(value.value, Vector512<double>.Zero), Vector512.Create(-0.5), Vector512.Create(0.5));
        return new(Vector512.Truncate(value.value + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes PowerOfTwo(Lanes exponent) =>
        new(((exponent.value + Vector512.Create(ExponentShift)).AsInt64() << 52).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Significand(Lanes value, out Lanes exponent)
    {
        Vector512<long> bits = value.value.AsInt64();
        Vector512<long> biased = (bits + Vector512.Create(OneBits - RootHalfBits)) >>> 52;
        exponent = new((biased | Vector512.Create(TwoTo52).AsInt64()).AsDouble() - Vector512.Create(TwoTo52 + 1023));
        return new((bits - ((biased - Vector512.Create(1023L)) << 52)).AsDouble());
    }

    /// <summary>
    /// The memory from the first address on that is a multiple of a vector's size: what is written across two cache lines and read at
    /// once costs several times as much. Results do not depend on it.
    /// </summary>
    /// <param name="memory">At least <see cref="Count"/> − 1 longer than what is needed.</param>
    public static unsafe Span<double> Align(Span<double> memory)
    {
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        return memory[(int)((-address & (Count * sizeof(double) - 1)) / sizeof(double))..];
    }

    /// <summary>The first eight elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Load(ReadOnlySpan<double> values) => new(Vector512.Create(values));

    /// <summary>Every <paramref name="stride"/>-th element; lanes beyond <paramref name="count"/> are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Load(ReadOnlySpan<double> values, int stride, int count)
    {
        if (count < Count)
            return LoadSome(values, stride, count);
        return stride == 1 ? Load(values) : new(Vector512.Create(
            values[0], values[stride], values[2 * stride], values[3 * stride],
            values[4 * stride], values[5 * stride], values[6 * stride], values[7 * stride]));
    }

    /// <summary>Writes all lanes to the first eight elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<double> values) => value.CopyTo(values);

    /// <summary>Writes the first lanes.</summary>
    public void Store(Span<double> values, int count)
    {
        for (int lane = 0; lane < count; lane++)
            values[lane] = value[lane];
    }

    /// <summary>Whether any lane differs from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasNonZero() => !Vector512.EqualsAll(value, Vector512<double>.Zero);

    /// <summary>Sum of the lanes, in an order that no machine changes.</summary>
    public double Sum() =>
        ((value[0] + value[1]) + (value[2] + value[3])) + ((value[4] + value[5]) + (value[6] + value[7]));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes LoadSome(ReadOnlySpan<double> values, int stride, int count)
    {
        Span<double> some = stackalloc double[Count];
        some.Clear();
        for (int lane = 0; lane < count; lane++)
            some[lane] = values[lane * stride];
        return Load(some);
    }
}

/// <summary>Rows of memory as a vector of <see cref="Lanes"/>: element m is the first eight doubles of row m.</summary>
/// <remarks>Indices are not checked: item models read and write the rows that their contract names, and nothing else.</remarks>
/// <param name="values">The memory from the first row's first lane on; not empty where there is an element.</param>
/// <param name="stride">Distance of the rows.</param>
internal readonly ref struct LaneVector(Span<double> values, int stride = Lanes.Count) : IRealVector<Lanes>
{
    private readonly ref double first = ref MemoryMarshal.GetReference(values);
    private readonly int stride = stride;

    public Lanes this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512.LoadUnsafe(ref first, (nuint)(index * stride)));
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Vector512.StoreUnsafe(value.Value, ref first, (nuint)(index * stride));
    }
}

/// <summary>The constants of an item, computed once.</summary>
/// <param name="values">[kind, index]</param>
/// <param name="count">Constants of each kind.</param>
internal readonly ref struct ItemConstantTable(ReadOnlySpan<double> values, int count) : IItemConstants
{
    private readonly ReadOnlySpan<double> values = values;
    private readonly int count = count;

    public double this[int kind, int index] => values[kind * count + index];
}
