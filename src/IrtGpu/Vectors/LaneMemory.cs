using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Vectors;

/// <summary>Memory for rows of <see cref="ILanes{TSelf}"/> of any width.</summary>
internal static class LaneMemory
{
    /// <summary>Lanes of the widest vector, and what rows are padded to.</summary>
    public const int MostLanes = 8;

    /// <summary>
    /// The memory from the first address on that is a multiple of a cache line: what is written across two cache lines and read at
    /// once costs several times as much. Results do not depend on it.
    /// </summary>
    /// <param name="memory">At least <see cref="MostLanes"/> − 1 longer than what is needed.</param>
    public static unsafe Span<double> Align(Span<double> memory)
    {
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        return memory[(int)((-address & (MostLanes * sizeof(double) - 1)) / sizeof(double))..];
    }

    /// <summary>The first elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ReadOnlySpan<double> values)
        where TLanes : struct, ILanes<TLanes>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, TLanes.Count);
        return TLanes.Load(ref MemoryMarshal.GetReference(values), 0);
    }

    /// <summary>Every <paramref name="stride"/>-th element; lanes beyond <paramref name="count"/> are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ReadOnlySpan<double> values, int stride, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        if (count < TLanes.Count)
            return LoadSome<TLanes>(values, stride, count);
        if (stride == 1)
            return Load<TLanes>(values);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(values.Length, (TLanes.Count - 1) * stride);
        return TLanes.Gather(ref MemoryMarshal.GetReference(values), (nuint)stride);
    }

    /// <summary>Writes all lanes to the first elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes value, Span<double> values)
        where TLanes : struct, ILanes<TLanes>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, TLanes.Count);
        value.Store(ref MemoryMarshal.GetReference(values), 0);
    }

    /// <summary>Writes the first lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<TLanes>(TLanes value, Span<double> values, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<double> all = stackalloc double[MostLanes]; // no lane by a variable index: code with one is not compiled ahead
        Store(value, all);
        all[..count].CopyTo(values);
    }

    /// <summary>Small whole numbers as doubles.</summary>
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes LoadSome<TLanes>(ReadOnlySpan<double> values, int stride, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<double> some = stackalloc double[MostLanes];
        some.Clear();
        for (int lane = 0; lane < count; lane++)
            some[lane] = values[lane * stride];
        return Load<TLanes>(some);
    }
}
