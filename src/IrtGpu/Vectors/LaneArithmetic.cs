using System.Runtime.CompilerServices;

namespace IrtGpu.Vectors;

/// <summary>What vectors of every width do alike.</summary>
internal static class LaneArithmetic
{
    /// <summary>Bits of 1.</summary>
    public const long OneBits = 0x3FF0000000000000;

    /// <summary>Bits of √½.</summary>
    public const long RootHalfBits = 0x3FE6A09E667F3BCD;

    /// <summary>Adding it leaves n + 1023 in the low bits.</summary>
    public const double ExponentShift = 6755399441055744.0 + 1023;

    /// <summary>2^52: the bits of a whole number below it, put under its own, are their sum.</summary>
    public const double TwoTo52 = 4503599627370496.0;

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
