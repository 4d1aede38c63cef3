namespace IrtGpu.Fit.Items.Imputation;

/// <summary>Which cells of a table of ranges by categories are one, so that enough persons are expected in each.</summary>
/// <param name="CellOf">Merged cell of each. [range · categories + category]</param>
/// <param name="Count">Number of merged cells.</param>
/// <param name="Df">Merged cells less one for each run of merged ranges.</param>
internal sealed record MergedCells(int[] CellOf, int Count, int Df)
{
    private const double LeastExpected = 5;

    /// <summary>
    /// Merges neighbouring categories within a range; a range whose persons are then all in one cell goes to the neighbour with fewer persons.
    /// </summary>
    /// <param name="expected">Expected persons. [range, category]</param>
    /// <param name="categoryCount">M.</param>
    /// <returns>Null where not even two cells are left</returns>
    public static MergedCells? Of(double[] expected, int categoryCount)
    {
        int rangeCount = expected.Length / categoryCount;
        List<(int Begin, int End)> runs = [.. Enumerable.Range(0, rangeCount).Select(range => (range, range + 1))];
        while (true)
        {
            double[][] sums = [.. runs.Select(run => SumOf(run, expected, categoryCount))];
            int lonely = Array.FindIndex(sums, sum => Merge(sum)[^1] == 0);
            if (lonely < 0)
                return Number(runs, [.. sums.Select(Merge)], rangeCount, categoryCount);
            if (runs.Count == 1)
                return null;
            int first = lonely == 0 ? 0 : lonely == runs.Count - 1 || sums[lonely - 1].Sum() <= sums[lonely + 1].Sum() ? lonely - 1 : lonely;
            runs[first] = (runs[first].Begin, runs[first + 1].End);
            runs.RemoveAt(first + 1);
        }
    }

    /// <summary>Adds up by merged cell.</summary>
    /// <param name="values">[range · categories + category]</param>
    /// <returns>[merged cell]</returns>
    public double[] Sum(ReadOnlySpan<double> values)
    {
        double[] sums = new double[Count];
        for (int cell = 0; cell < values.Length; cell++)
            sums[CellOf[cell]] += values[cell];
        return sums;
    }

    private static double[] SumOf((int Begin, int End) run, double[] expected, int categoryCount)
    {
        double[] sum = new double[categoryCount];
        for (int cell = run.Begin * categoryCount; cell < run.End * categoryCount; cell++)
            sum[cell % categoryCount] += expected[cell];
        return sum;
    }

    /// <summary>Number of the merged category that each category is in, from 0.</summary>
    private static int[] Merge(double[] expected)
    {
        int[] merged = new int[expected.Length];
        int current = 0;
        double held = 0;
        for (int category = 0; category < merged.Length; category++)
        {
            if (held >= LeastExpected)
                (current, held) = (current + 1, 0);
            merged[category] = current;
            held += expected[category];
        }
        if (held < LeastExpected && current > 0)
        {
            for (int category = 0; category < merged.Length; category++)
                merged[category] = Math.Min(merged[category], current - 1);
        }
        return merged;
    }

    private static MergedCells Number(List<(int Begin, int End)> runs, int[][] merged, int rangeCount, int categoryCount)
    {
        int[] cellOf = new int[rangeCount * categoryCount];
        int first = 0;
        for (int run = 0; run < runs.Count; run++)
        {
            for (int cell = runs[run].Begin * categoryCount; cell < runs[run].End * categoryCount; cell++)
                cellOf[cell] = first + merged[run][cell % categoryCount];
            first += merged[run][^1] + 1;
        }
        return new MergedCells(cellOf, first, first - runs.Count);
    }
}
