using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IrtGpu.Foundation.Vectors;

/// <summary>Four doubles side by side.</summary>
/// <param name="value">The doubles.</param>
internal readonly unsafe struct RowSum256(Vector256<double> value) : IRowSum<RowSum256>
{
    private readonly Vector256<double> value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSum256 Load(double* address) => new(Vector256.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSum256 MultiplyAdd(RowSum256 a, RowSum256 b, RowSum256 c) => new(Fma.IsSupported ? Vector256.FusedMultiplyAdd(a.value, b.value, c.value) : a.value * b.value + c.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Total() => Vector256.Sum(value);
}
