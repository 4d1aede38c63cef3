using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Vectors;

/// <summary>Eight doubles side by side.</summary>
/// <param name="value">The doubles.</param>
internal readonly unsafe struct Lanes512(Vector512<double> value) : ILanes<Lanes512>
{
    private readonly Vector512<double> value = value;

    public static int Count => 8;

    public double this[int lane] => value[lane];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 value) => new(-value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator <<(Lanes512 value, int count) => new((value.value.AsInt64() << count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes512(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(double* address) => new(Vector512.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref double first, nuint offset) => new(Vector512.LoadUnsafe(ref first, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Gather(ref double first, nuint stride) => new(Vector512.Create(
        first, Unsafe.Add(ref first, stride), Unsafe.Add(ref first, 2 * stride), Unsafe.Add(ref first, 3 * stride),
        Unsafe.Add(ref first, 4 * stride), Unsafe.Add(ref first, 5 * stride), Unsafe.Add(ref first, 6 * stride), Unsafe.Add(ref first, 7 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* address) => value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double first, nuint offset) => value.StoreUnsafe(ref first, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Powers(double x, out double next)
    {
        Lanes256 low = Lanes256.Powers(x, out double fourth);
        next = fourth * fourth;
        return new(Vector512.Create(low.Value, (low * fourth).Value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left.value, right.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddBits(Lanes512 left, Lanes512 right) => new((left.value.AsInt64() + right.value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereLess(Lanes512 left, Lanes512 right, Lanes512 chosen, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereEqual(Lanes512 left, Lanes512 right, Lanes512 chosen, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Nearest(Lanes512 value)
    {
        Vector512<double> half = Vector512.ConditionalSelect(Vector512.LessThan(value.value, Vector512<double>.Zero), Vector512.Create(-0.5), Vector512.Create(0.5));
        return new(Vector512.Truncate(value.value + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 PowerOfTwo(Lanes512 exponent) =>
        new(((exponent.value + Vector512.Create(LaneArithmetic.ExponentShift)).AsInt64() << 52).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Significand(Lanes512 value, out Lanes512 exponent)
    {
        Vector512<long> bits = value.value.AsInt64();
        Vector512<long> biased = (bits + Vector512.Create(LaneArithmetic.OneBits - LaneArithmetic.RootHalfBits)) >>> 52;
        exponent = new((biased | Vector512.Create(LaneArithmetic.TwoTo52).AsInt64()).AsDouble() - Vector512.Create(LaneArithmetic.TwoTo52 + 1023));
        return new((bits - ((biased - Vector512.Create(1023L)) << 52)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsZero() => Vector512.EqualsAll(value, Vector512<double>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum() => Vector512.Sum(value);
}
