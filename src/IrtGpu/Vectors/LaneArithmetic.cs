using System.Runtime.CompilerServices;

namespace IrtGpu.Vectors;

/// <summary>What vectors of every width do alike.</summary>
internal static class LaneArithmetic
{
    private const long OneBits = 0x3FF0000000000000;
    private const long RootHalfBits = 0x3FE6A09E667F3BCD;
    private const double ExponentShift = 6755399441055744.0 + 1023; // adding it leaves n + 1023 in the low bits
    private const double TwoTo52 = 4503599627370496.0;
    private const long TwoTo52Bits = 0x4330000000000000;

    /// <summary>The nearest integers, halves away from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Nearest<TLanes>(TLanes value)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Truncate(value + TLanes.WhereLess(value, 0.0, -0.5, 0.5));

    /// <summary>2^n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes PowerOfTwo<TLanes>(TLanes exponent)
        where TLanes : struct, ILanes<TLanes> =>
        (exponent + ExponentShift) << 52;

    /// <summary>x/2^k, in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Significand<TLanes>(TLanes value, out TLanes exponent)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes biased = TLanes.AddBits(value, TLanes.CreateBits(OneBits - RootHalfBits)) >>> 52;
        exponent = (biased | TLanes.CreateBits(TwoTo52Bits)) - (TwoTo52 + 1023);
        return TLanes.SubtractBits(value, TLanes.SubtractBits(biased, TLanes.CreateBits(1023)) << 52);
    }

    /// <summary>Sum of the lanes by pairs, in an order that no machine changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumPairs<TLanes>(TLanes value)
        where TLanes : struct, ILanes<TLanes> => TLanes.Count switch
        {
            2 => value[0] + value[1],
            4 => (value[0] + value[1]) + (value[2] + value[3]),
            _ => ((value[0] + value[1]) + (value[2] + value[3])) + ((value[4] + value[5]) + (value[6] + value[7])),
        };

    /// <summary>Sum of the lanes from the first on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumInOrder<TLanes>(TLanes value)
        where TLanes : struct, ILanes<TLanes> => TLanes.Count switch
        {
            2 => value[0] + value[1],
            4 => value[0] + value[1] + value[2] + value[3],
            _ => value[0] + value[1] + value[2] + value[3] + value[4] + value[5] + value[6] + value[7],
        };

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Largest<TLanes>(TLanes value)
        where TLanes : struct, ILanes<TLanes>
    {
        double largest = Math.Max(value[0], value[1]);
        if (TLanes.Count > 2)
            largest = Math.Max(largest, Math.Max(value[2], value[3]));
        if (TLanes.Count > 4)
            largest = Math.Max(largest, Math.Max(Math.Max(value[4], value[5]), Math.Max(value[6], value[7])));
        return largest;
    }
}
