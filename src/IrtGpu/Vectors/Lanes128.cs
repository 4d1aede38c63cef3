using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace IrtGpu.Vectors;

/// <summary>Two doubles side by side.</summary>
/// <param name="value">The doubles.</param>
internal readonly unsafe struct Lanes128(Vector128<double> value) : ILanes<Lanes128>
{
    private readonly Vector128<double> value = value;

    public static int Count => 2;

    public double this[int lane] => value[lane];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 value) => new(-value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator <<(Lanes128 value, int count) => new((value.value.AsInt64() << count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes128(double value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(double* address) => new(Vector128.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref double first, nuint offset) => new(Vector128.LoadUnsafe(ref first, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Gather(ref double first, nuint stride) => new(Vector128.Create(first, Unsafe.Add(ref first, stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* address) => value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double first, nuint offset) => value.StoreUnsafe(ref first, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Powers(double x, out double next)
    {
        next = x * x;
        return new(Vector128.Create(1, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? new(Vector128.FusedMultiplyAdd(a.value, b.value, c.value)) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left.value, right.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddBits(Lanes128 left, Lanes128 right) => new((left.value.AsInt64() + right.value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereLess(Lanes128 left, Lanes128 right, Lanes128 chosen, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereEqual(Lanes128 left, Lanes128 right, Lanes128 chosen, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Nearest(Lanes128 value)
    {
        Vector128<double> half = Vector128.ConditionalSelect(Vector128.LessThan(value.value, Vector128<double>.Zero), Vector128.Create(-0.5), Vector128.Create(0.5));
        return new(Vector128.Truncate(value.value + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 PowerOfTwo(Lanes128 exponent) =>
        new(((exponent.value + Vector128.Create(LaneArithmetic.ExponentShift)).AsInt64() << 52).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Significand(Lanes128 value, out Lanes128 exponent)
    {
        Vector128<long> bits = value.value.AsInt64();
        Vector128<long> biased = (bits + Vector128.Create(LaneArithmetic.OneBits - LaneArithmetic.RootHalfBits)) >>> 52;
        exponent = new((biased | Vector128.Create(LaneArithmetic.TwoTo52).AsInt64()).AsDouble() - Vector128.Create(LaneArithmetic.TwoTo52 + 1023));
        return new((bits - ((biased - Vector128.Create(1023L)) << 52)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsZero() => Vector128.EqualsAll(value, Vector128<double>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum() => Vector128.Sum(value);
}
