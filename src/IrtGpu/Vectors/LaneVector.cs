using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Models;

namespace IrtGpu.Vectors;

/// <summary>Rows of memory as a vector of <see cref="ILanes{TSelf}"/>: element m is the first doubles of row m.</summary>
/// <remarks>Indices are not checked: item models read and write the rows that their contract names, and nothing else.</remarks>
/// <typeparam name="TLanes">The vector.</typeparam>
/// <param name="values">The memory from the first row's first lane on; not empty where there is an element.</param>
/// <param name="stride">Distance of the rows.</param>
internal readonly ref struct LaneVector<TLanes>(Span<double> values, int stride) : IRealVector<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly ref double first = ref MemoryMarshal.GetReference(values);
    private readonly int stride = stride;

    /// <summary>Rows one after the other.</summary>
    public LaneVector(Span<double> values)
        : this(values, TLanes.Count)
    {
    }

    public TLanes this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TLanes.Load(ref first, (nuint)(index * stride));
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => value.Store(ref first, (nuint)(index * stride));
    }
}
