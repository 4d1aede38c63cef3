using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Vectors;

/// <summary>Rows of whole numbers.</summary>
internal static class ByteRows
{
    /// <summary>The numbers as doubles.</summary>
    /// <param name="values">A multiple of 8 of them.</param>
    /// <param name="result">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<byte> values, Span<double> result)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, values.Length);
        ref byte from = ref MemoryMarshal.GetReference(values);
        ref double to = ref MemoryMarshal.GetReference(result);
        for (nuint start = 0; start + 8 <= (nuint)values.Length; start += 8)
        {
            Vector128<byte> eight = Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref from, start))).AsByte();
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.WidenLower(eight));
            (Vector128<ulong> first, Vector128<ulong> second) = Vector128.Widen(low);
            (Vector128<ulong> third, Vector128<ulong> fourth) = Vector128.Widen(high);
            Vector128.ConvertToDouble(first.AsInt64()).StoreUnsafe(ref to, start);
            Vector128.ConvertToDouble(second.AsInt64()).StoreUnsafe(ref to, start + 2);
            Vector128.ConvertToDouble(third.AsInt64()).StoreUnsafe(ref to, start + 4);
            Vector128.ConvertToDouble(fourth.AsInt64()).StoreUnsafe(ref to, start + 6);
        }
    }
}
