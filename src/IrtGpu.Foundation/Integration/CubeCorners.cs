using System.Numerics;

namespace IrtGpu.Foundation.Integration;

/// <summary>Corners of a cube, 2^bits of them, on which products of up to five different coordinates have mean 0: an orthogonal array of strength 5.</summary>
/// <remarks>
/// Corner c has in dimension j the sign (−1) to the number of bits that c and column j share. Strength 5 means that no five columns or fewer
/// add to 0 modulo 2 (Hedayat, Sloane and Stufken 1999, <em>Orthogonal Arrays</em>, theorem 4.6). Columns are taken greedily.
/// </remarks>
internal sealed class CubeCorners
{
    private const int Strength = 5;

    private readonly int[] columns; // [dimension]

    private CubeCorners(int bits, int[] columns)
    {
        Bits = bits;
        this.columns = columns;
    }

    /// <summary>The number of corners is 2 to this.</summary>
    public int Bits { get; }

    /// <summary>Finds as few corners as the greedy choice gets by with.</summary>
    /// <param name="dimension">Number of dimensions.</param>
    public static CubeCorners Find(int dimension)
    {
        for (int bits = 1; ; bits++)
        {
            if (TryFind(bits, dimension) is { } found)
                return found;
        }
    }

    /// <summary>The sign of a coordinate.</summary>
    /// <param name="corner">Below 2^<see cref="Bits"/>.</param>
    /// <param name="dimension">Which coordinate.</param>
    public bool IsPositive(int corner, int dimension) => BitOperations.PopCount((uint)(corner & columns[dimension])) % 2 == 0;

    private static CubeCorners? TryFind(int bits, int dimension)
    {
        bool[][] sums = [.. Enumerable.Range(0, Strength).Select(_ => new bool[1 << bits])]; // of so many columns
        sums[0][0] = true;
        List<int> columns = [];
        for (int candidate = 1; candidate < 1 << bits && columns.Count < dimension; candidate++)
        {
            if (Array.Exists(sums, sum => sum[candidate]))
                continue;
            columns.Add(candidate);
            for (int count = Strength - 1; count > 0; count--)
            {
                for (int sum = 0; sum < 1 << bits; sum++)
                    sums[count][sum] |= sums[count - 1][sum ^ candidate];
            }
        }
        return columns.Count == dimension ? new CubeCorners(bits, [.. columns]) : null;
    }
}
