using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>Gathers <see cref="CrossProducts"/> from the rows of the data.</summary>
internal sealed class CrossProductBuilder
{
    private readonly IReadOnlyList<GroupingData> groupings;
    private readonly double[][] tail;
    private readonly int rowCount;
    private readonly int scalarCount;
    private readonly int[] stamp; // [effect]: the level for which the effect was last seen
    private readonly int[] slot; // [effect]: its position in the rows of the level at work
    private int stampCount;

    private CrossProductBuilder(IReadOnlyList<GroupingData> groupings, double[][] tail)
    {
        this.groupings = groupings;
        this.tail = tail;
        rowCount = tail[0].Length;
        scalarCount = groupings.Sum(data => data.Grouping.ScalarCount);
        stamp = new int[scalarCount];
        slot = new int[scalarCount];
    }

    /// <param name="groupings">Rows of Z; factors in order of elimination.</param>
    /// <param name="tail">Columns of X, then y. [tail][row]</param>
    public static CrossProducts Build(IReadOnlyList<GroupingData> groupings, double[][] tail)
    {
        CrossProductBuilder builder = new(groupings, tail);
        int count = groupings.Count;
        double[][] couplings = new double[count][];
        int[][] rowStart = new int[count][];
        int[][] rows = new int[count][];
        int stages = 0;
        for (int grouping = 0; grouping < count; grouping++)
        {
            bool isStage = stages == grouping && builder.StaysDiagonal(grouping, rowStart, rows);
            if (isStage)
                stages++;
            List<int>?[] fill = isStage ? builder.Fill(grouping, rowStart, rows) : new List<int>?[groupings[grouping].Grouping.LevelCount];
            (rowStart[grouping], rows[grouping], couplings[grouping]) = builder.Couple(grouping, fill);
        }
        return new CrossProducts
        {
            Groupings = [.. groupings.Select(data => data.Grouping)],
            StageCount = stages,
            ScalarCount = builder.scalarCount,
            RowCount = builder.rowCount,
            TailWidth = tail.Length,
            Diagonal = [.. groupings.Select(builder.WithinLevels)],
            RowStart = rowStart,
            Rows = rows,
            Couplings = couplings,
            Tail = builder.WithTail(),
            TailTail = builder.TailOnly(),
        };
    }

    /// <summary>Whether no level of an earlier factor touches two levels of this one, so that its blocks stay diagonal.</summary>
    private bool StaysDiagonal(int grouping, int[][] rowStart, int[][] rows)
    {
        Grouping own = groupings[grouping].Grouping;
        for (int earlier = 0; earlier < grouping; earlier++)
        {
            for (int level = 0; level + 1 < rowStart[earlier].Length; level++)
            {
                if (Range(own, earlier, level, rowStart, rows).Length > own.Width)
                    return false;
            }
        }
        return true;
    }

    /// <summary>Effects of later factors that the elimination of earlier ones couples with each level.</summary>
    private List<int>?[] Fill(int grouping, int[][] rowStart, int[][] rows)
    {
        Grouping own = groupings[grouping].Grouping;
        List<int>?[] fill = new List<int>?[own.LevelCount];
        for (int earlier = 0; earlier < grouping; earlier++)
        {
            for (int level = 0; level + 1 < rowStart[earlier].Length; level++)
            {
                ReadOnlySpan<int> mine = Range(own, earlier, level, rowStart, rows);
                if (mine.IsEmpty)
                    continue;
                List<int> list = fill[(mine[0] - own.FirstScalar) / own.Width] ??= [];
                for (int row = rowStart[earlier][level]; row < rowStart[earlier][level + 1]; row++)
                {
                    if (rows[earlier][row] >= own.EndScalar)
                        list.Add(rows[earlier][row]);
                }
            }
        }
        return fill;
    }

    private static ReadOnlySpan<int> Range(Grouping own, int earlier, int level, int[][] rowStart, int[][] rows)
    {
        ReadOnlySpan<int> all = rows[earlier].AsSpan(rowStart[earlier][level]..rowStart[earlier][level + 1]);
        int first = 0;
        while (first < all.Length && all[first] < own.FirstScalar)
            first++;
        int end = first;
        while (end < all.Length && all[end] < own.EndScalar)
            end++;
        return all[first..end];
    }

    private (int[] RowStart, int[] Rows, double[] Values) Couple(int grouping, List<int>?[] fill)
    {
        GroupingData own = groupings[grouping];
        int width = own.Grouping.Width;
        int levels = own.Grouping.LevelCount;
        int[] rowStart = new int[levels + 1];
        if (grouping == groupings.Count - 1)
            return (rowStart, [], []);
        (int[] begin, int[] order) = RowsByLevel(own.Level, levels);
        List<int> rows = [];
        List<int> blocks = [];
        for (int level = 0; level < levels; level++)
        {
            stampCount++;
            blocks.Clear();
            for (int index = begin[level]; index < begin[level + 1]; index++)
            {
                for (int later = grouping + 1; later < groupings.Count; later++)
                    Include(groupings[later].Grouping.Scalar(groupings[later].Level[order[index]]), groupings[later].Grouping.Width);
            }
            foreach (int scalar in fill[level] ?? [])
                Include(scalar, 1);
            blocks.Sort();
            rows.AddRange(blocks);
            rowStart[level + 1] = rows.Count;
        }
        double[] values = new double[rows.Count * width];
        for (int level = 0; level < levels; level++)
        {
            for (int row = rowStart[level]; row < rowStart[level + 1]; row++)
                slot[rows[row]] = row;
            for (int index = begin[level]; index < begin[level + 1]; index++)
                AddRow(grouping, order[index], values);
        }
        return (rowStart, [.. rows], values);

        void Include(int first, int count)
        {
            for (int scalar = first; scalar < first + count; scalar++)
            {
                if (stamp[scalar] == stampCount)
                    continue;
                stamp[scalar] = stampCount;
                blocks.Add(scalar);
            }
        }
    }

    private void AddRow(int grouping, int dataRow, double[] values)
    {
        double[][] mine = groupings[grouping].Columns;
        for (int later = grouping + 1; later < groupings.Count; later++)
        {
            GroupingData other = groupings[later];
            int row = slot[other.Grouping.Scalar(other.Level[dataRow])];
            for (int effect = 0; effect < other.Columns.Length; effect++)
            {
                double value = other.Columns[effect][dataRow];
                for (int column = 0; column < mine.Length; column++)
                    values[(row + effect) * mine.Length + column] += value * mine[column][dataRow];
            }
        }
    }

    private (int[] Begin, int[] Order) RowsByLevel(int[] level, int levels)
    {
        int[] begin = new int[levels + 1];
        foreach (int shown in level)
            begin[shown + 1]++;
        for (int index = 0; index < levels; index++)
            begin[index + 1] += begin[index];
        int[] next = begin[..levels];
        int[] order = new int[rowCount];
        for (int row = 0; row < rowCount; row++)
            order[next[level[row]]++] = row;
        return (begin, order);
    }

    private double[] WithinLevels(GroupingData data)
    {
        int width = data.Grouping.Width;
        double[] values = new double[data.Grouping.LevelCount * width * width];
        for (int first = 0; first < width; first++)
        {
            for (int second = 0; second <= first; second++)
            {
                double[] left = data.Columns[first];
                double[] right = data.Columns[second];
                for (int row = 0; row < rowCount; row++)
                    values[(data.Level[row] * width + first) * width + second] += left[row] * right[row];
                for (int level = 0; level < data.Grouping.LevelCount; level++)
                    values[(level * width + second) * width + first] = values[(level * width + first) * width + second];
            }
        }
        return values;
    }

    private double[] WithTail()
    {
        double[] values = new double[scalarCount * tail.Length];
        foreach (GroupingData data in groupings)
        {
            for (int effect = 0; effect < data.Columns.Length; effect++)
            {
                double[] z = data.Columns[effect];
                for (int column = 0; column < tail.Length; column++)
                {
                    double[] w = tail[column];
                    for (int row = 0; row < rowCount; row++)
                        values[(data.Grouping.Scalar(data.Level[row]) + effect) * tail.Length + column] += z[row] * w[row];
                }
            }
        }
        return values;
    }

    private double[] TailOnly()
    {
        int width = tail.Length;
        double[] values = new double[width * width];
        for (int first = 0; first < width; first++)
        {
            for (int second = 0; second <= first; second++)
                values[first * width + second] = values[second * width + first] = FixedOrderSums.Dot(tail[first], tail[second]);
        }
        return values;
    }
}
