using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Foundation.Vectors;

/// <summary>Eight doubles side by side.</summary>
/// <param name="value">The doubles.</param>
internal readonly unsafe struct RowSum512(Vector512<double> value) : IRowSum<RowSum512>
{
    private readonly Vector512<double> value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSum512 Load(double* address) => new(Vector512.Load(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSum512 MultiplyAdd(RowSum512 a, RowSum512 b, RowSum512 c) => new(Vector512.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Total() => Vector512.Sum(value);
}
