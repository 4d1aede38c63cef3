using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Population;

/// <summary>Powers θ_j and θ_j θ_k of a set of attributes among those of all.</summary>
internal static class SetPowers
{
    /// <summary>Number of powers.</summary>
    /// <param name="attributeCount">Attributes.</param>
    public static int Count(int attributeCount) => attributeCount + PackedTriangle.Length(attributeCount);

    /// <summary>Where a set's powers stand among those of all attributes. [power of the set]</summary>
    /// <param name="set">Attributes, ascending.</param>
    /// <param name="attributeCount">Number of all.</param>
    public static int[] Places(int[] set, int attributeCount)
    {
        int[] places = new int[Count(set.Length)];
        int index = set.Length;
        for (int j = 0; j < set.Length; j++)
        {
            places[j] = set[j];
            for (int k = 0; k <= j; k++)
                places[index++] = attributeCount + PackedTriangle.Index(set[j], set[k]);
        }
        return places;
    }

    /// <summary>Puts a set's values in their places.</summary>
    /// <param name="own">[power of the set]</param>
    /// <param name="set">Attributes, ascending.</param>
    /// <param name="attributeCount">Number of all.</param>
    /// <param name="all">Receives them. [power]</param>
    public static void Spread(ReadOnlySpan<double> own, int[] set, int attributeCount, Span<double> all)
    {
        int[] places = Places(set, attributeCount);
        for (int power = 0; power < own.Length; power++)
            all[places[power]] = own[power];
    }
}
