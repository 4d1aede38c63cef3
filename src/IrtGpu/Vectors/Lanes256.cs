using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IrtGpu.Vectors;

/// <summary>Four doubles side by side.</summary>
/// <param name="value">The doubles.</param>
internal readonly unsafe struct Lanes256(Vector256<double> value) : ILanes<Lanes256>
{
    private readonly Vector256<double> value = value;

    public static int Count => 4;

    public Vector256<double> Value => value;

    public double this[int lane] => value[lane];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 value) => new(-value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator <<(Lanes256 value, int count) => new((value.value.AsInt64() << count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes256(double value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(double* address) => new(Vector256.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref double first, nuint offset) => new(Vector256.LoadUnsafe(ref first, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Gather(ref double first, nuint stride) => new(Vector256.Create(
        first, Unsafe.Add(ref first, stride), Unsafe.Add(ref first, 2 * stride), Unsafe.Add(ref first, 3 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* address) => value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double first, nuint offset) => value.StoreUnsafe(ref first, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Powers(double x, out double next)
    {
        double square = x * x;
        next = square * square;
        Vector128<double> pair = Vector128.Create(1, x);
        return new(Vector256.Create(pair, pair * square));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        Fma.IsSupported ? new(Vector256.FusedMultiplyAdd(a.value, b.value, c.value)) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left.value, right.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddBits(Lanes256 left, Lanes256 right) => new((left.value.AsInt64() + right.value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereLess(Lanes256 left, Lanes256 right, Lanes256 chosen, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereEqual(Lanes256 left, Lanes256 right, Lanes256 chosen, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(left.value, right.value), chosen.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Nearest(Lanes256 value)
    {
        Vector256<double> half = Vector256.ConditionalSelect(Vector256.LessThan(value.value, Vector256<double>.Zero), Vector256.Create(-0.5), Vector256.Create(0.5));
        return new(Vector256.Truncate(value.value + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 PowerOfTwo(Lanes256 exponent) =>
        new(((exponent.value + Vector256.Create(LaneArithmetic.ExponentShift)).AsInt64() << 52).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Significand(Lanes256 value, out Lanes256 exponent)
    {
        Vector256<long> bits = value.value.AsInt64();
        Vector256<long> biased = (bits + Vector256.Create(LaneArithmetic.OneBits - LaneArithmetic.RootHalfBits)) >>> 52;
        exponent = new((biased | Vector256.Create(LaneArithmetic.TwoTo52).AsInt64()).AsDouble() - Vector256.Create(LaneArithmetic.TwoTo52 + 1023));
        return new((bits - ((biased - Vector256.Create(1023L)) << 52)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsZero() => Vector256.EqualsAll(value, Vector256<double>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum() => Vector256.Sum(value);
}
