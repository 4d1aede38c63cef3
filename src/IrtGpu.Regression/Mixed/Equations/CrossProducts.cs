using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>The matrix [Z X y]ᵀ[Z X y] in blocks: what the data say about a mixed model, once and for all variances.</summary>
/// <remarks>
/// Grouping factors stand in order of elimination, most levels first. The first <see cref="StageCount"/> are eliminated level by level:
/// after the factors before them their blocks are still diagonal, as those of the first factor and of factors that it is nested in are. What
/// remains is crossed, and dense from <see cref="DenseStart"/> on. "Tail" is X and y side by side.
/// </remarks>
internal sealed class CrossProducts
{
    /// <summary>Grouping factors in order of elimination.</summary>
    public required Grouping[] Groupings { get; init; }

    /// <summary>Factors that are eliminated level by level.</summary>
    public required int StageCount { get; init; }

    /// <summary>Number of all random effects.</summary>
    public required int ScalarCount { get; init; }

    /// <summary>Rows of the data.</summary>
    public required int RowCount { get; init; }

    /// <summary>Columns of X and one for y.</summary>
    public required int TailWidth { get; init; }

    /// <summary>ZᵀZ within a level. [grouping][level, effect, effect]</summary>
    public required double[][] Diagonal { get; init; }

    /// <summary>Where the rows of a level begin in <see cref="Rows"/>. [grouping][level + 1]</summary>
    public required int[][] RowStart { get; init; }

    /// <summary>Effects of later factors that share data with a level (or fill in), ascending. [grouping][row]</summary>
    public required int[][] Rows { get; init; }

    /// <summary>ZᵀZ between these effects and the level's. [grouping][row, effect]</summary>
    public required double[][] Couplings { get; init; }

    /// <summary>Zᵀ[X y]. [effect, tail]</summary>
    public required double[] Tail { get; init; }

    /// <summary>[X y]ᵀ[X y]. [tail, tail]</summary>
    public required double[] TailTail { get; init; }

    /// <summary>Position of the first effect of the dense part.</summary>
    public int DenseStart => StageCount == Groupings.Length ? ScalarCount : Groupings[StageCount].FirstScalar;

    /// <summary>Order of the dense part.</summary>
    public int DenseCount => ScalarCount - DenseStart;

    /// <summary>The same for another response.</summary>
    /// <param name="groupings">Rows of Z.</param>
    /// <param name="tail">Columns of X, then the new response. [tail][row]</param>
    public CrossProducts WithResponse(IReadOnlyList<GroupingData> groupings, double[][] tail)
    {
        double[] effects = (double[])Tail.Clone();
        double[] inner = (double[])TailTail.Clone();
        int last = TailWidth - 1;
        for (int scalar = 0; scalar < ScalarCount; scalar++)
            effects[scalar * TailWidth + last] = 0;
        double[] y = tail[last];
        foreach (GroupingData data in groupings)
        {
            for (int effect = 0; effect < data.Columns.Length; effect++)
            {
                double[] column = data.Columns[effect];
                for (int row = 0; row < y.Length; row++)
                    effects[(data.Grouping.Scalar(data.Level[row]) + effect) * TailWidth + last] += column[row] * y[row];
            }
        }
        for (int column = 0; column < TailWidth; column++)
            inner[column * TailWidth + last] = inner[last * TailWidth + column] = FixedOrderSums.Dot(tail[column], y);
        return new CrossProducts
        {
            Groupings = Groupings,
            StageCount = StageCount,
            ScalarCount = ScalarCount,
            RowCount = RowCount,
            TailWidth = TailWidth,
            Diagonal = Diagonal,
            RowStart = RowStart,
            Rows = Rows,
            Couplings = Couplings,
            Tail = effects,
            TailTail = inner,
        };
    }
}
