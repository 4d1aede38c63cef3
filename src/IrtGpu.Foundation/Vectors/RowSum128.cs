using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace IrtGpu.Foundation.Vectors;

/// <summary>Two doubles side by side.</summary>
/// <param name="value">The doubles.</param>
internal readonly unsafe struct RowSum128(Vector128<double> value) : IRowSum<RowSum128>
{
    private readonly Vector128<double> value = value;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSum128 Load(double* address) => new(Vector128.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSum128 MultiplyAdd(RowSum128 a, RowSum128 b, RowSum128 c) => new(Fma.IsSupported || AdvSimd.IsSupported ? Vector128.FusedMultiplyAdd(a.value, b.value, c.value) : a.value * b.value + c.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Total() => Vector128.Sum(value);
}
