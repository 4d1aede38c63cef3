namespace IrtGpu.Fit.Items;

/// <summary>Merges cells of an item's table of sum scores by categories until all expect enough persons.</summary>
/// <remarks>
/// The order is that of R's mirt 1.47: scores that some category cannot have join the nearest that has all, from both ends; scores that
/// nobody has go, those of one person join the next; within a score small cells join their smaller neighbour until two are left; then rare
/// last categories join those before them; then scores with a small cell join the neighbouring score that fewer have. Which scores are looked
/// at for small cells is decided before scores of one person are merged, as it is there.
/// </remarks>
/// <param name="Observed">Persons. [score][category]</param>
/// <param name="Expected">Persons under the model; 0 where cells were merged away. [score][category]</param>
internal sealed record CellTable(List<double[]> Observed, List<double[]> Expected)
{
    private const double LeastExpected = 1;

    /// <summary>Cells that are left, less the scores, each of which is given.</summary>
    public int Df => Expected.Sum(row => row.Count(cell => cell > 0)) - Expected.Count;

    /// <summary>Σ (O − E)²/E.</summary>
    public double ChiSquare
    {
        get
        {
            double sum = 0;
            for (int row = 0; row < Expected.Count; row++)
            {
                for (int cell = 0; cell < Expected[row].Length; cell++)
                {
                    double difference = Observed[row][cell] - Expected[row][cell];
                    sum += Expected[row][cell] > 0 ? difference * difference / Expected[row][cell] : 0;
                }
            }
            return sum;
        }
    }

    /// <summary>Merges.</summary>
    /// <param name="observed">Persons; scores from 1 to the largest but one. [score][category]</param>
    /// <param name="expected">Persons under the model; NaN where a category cannot have the score. [score][category]</param>
    /// <returns>Null where fewer than two scores are left.</returns>
    public static CellTable? Collapse(double[][] observed, double[][] expected)
    {
        CellTable table = new([.. observed.Select(row => (double[])row.Clone())], [.. expected.Select(row => (double[])row.Clone())]);
        if (!table.TryMergeImpossible())
            return null;
        table.DropWhere(row => table.Observed[row].Sum() == 0);
        if (table.Expected.Count < 2)
            return null;
        bool[] hasSmall = [.. table.Expected.Select(row => row.Any(cell => cell < LeastExpected))];
        table.MergeSingles();
        if (table.Expected.Count < 2)
            return null;
        int categoryCount = table.Expected[0].Length;
        for (int row = 0; row < table.Expected.Count && categoryCount > 2; row++)
        {
            if (hasSmall[row])
                table.MergeCategories(row);
        }
        table.MergeLastCategories();
        return table.TryMergeScores() ? table : null;
    }

    private bool TryMergeImpossible()
    {
        int[] impossible = [.. Enumerable.Range(0, Expected.Count).Where(row => Array.Exists(Expected[row], double.IsNaN))];
        if (impossible.Length == 0)
            return Expected.Count > 0;
        if (impossible.Length == Expected.Count)
            return false;
        foreach (double[] row in Expected)
        {
            for (int cell = 0; cell < row.Length; cell++)
                row[cell] = double.IsNaN(row[cell]) ? 0 : row[cell];
        }
        int first = Array.FindIndex([.. Enumerable.Range(0, Expected.Count)], row => !impossible.Contains(row));
        int last = Array.FindLastIndex([.. Enumerable.Range(0, Expected.Count)], row => !impossible.Contains(row));
        foreach (int row in impossible)
            Join(row, row < first ? first : row > last ? last : row - 1);
        DropWhere(row => impossible.Contains(row));
        return Expected.Count > 0;
    }

    private void MergeSingles()
    {
        HashSet<int> gone = [];
        for (int row = 0; row < Observed.Count - 1; row++)
        {
            if (Observed[row].Sum() == 1)
            {
                gone.Add(row);
                Join(row, row + 1);
            }
        }
        DropWhere(gone.Contains);
        int last = Observed.Count - 1;
        if (last > 0 && Observed[last].Sum() == 1)
        {
            Join(last, last - 1);
            DropWhere(row => row == last);
        }
    }

    private void MergeCategories(int row)
    {
        List<double> expected = [.. Expected[row]];
        List<double> observed = [.. Observed[row]];
        while (expected.Count > 2)
        {
            int smallest = expected.LastIndexOf(expected.Min());
            int neighbour = smallest == 0 ? 1 : smallest == expected.Count - 1 || expected[smallest - 1] <= expected[smallest + 1] ? smallest - 1 : smallest + 1;
            expected[neighbour] += expected[smallest];
            observed[neighbour] += observed[smallest];
            expected.RemoveAt(smallest);
            observed.RemoveAt(smallest);
            if (expected.TrueForAll(cell => cell >= LeastExpected))
                break;
        }
        Array.Clear(Expected[row]);
        Array.Clear(Observed[row]);
        expected.CopyTo(Expected[row]);
        observed.CopyTo(Observed[row]);
    }

    private void MergeLastCategories()
    {
        while (Expected[0].Length > 2)
        {
            int last = Expected[0].Length - 1;
            if (!(Expected.Sum(row => row[last]) < LeastExpected * Math.Ceiling(Expected.Count * 0.1)))
                break;
            MergeColumn(last);
        }
        for (int column = Expected[0].Length - 1; column >= 1; column--)
        {
            if ((double)Expected.Count(row => row[column] > 0) / Expected.Count < 0.05)
                MergeColumn(column);
        }
    }

    private void MergeColumn(int column)
    {
        for (int row = 0; row < Expected.Count; row++)
        {
            Expected[row] = Merged(Expected[row], column);
            Observed[row] = Merged(Observed[row], column);
        }
    }

    private static double[] Merged(double[] row, int column)
    {
        row[column - 1] += row[column];
        return [.. row[..column], .. row[(column + 1)..]];
    }

    private bool TryMergeScores()
    {
        while (Expected.Count > 1)
        {
            int small = Expected.FindIndex(row => Array.Exists(row, cell => cell != 0 && cell < LeastExpected));
            if (small < 0)
                return true;
            int neighbour = small == 0 ? 1
                : small == Expected.Count - 1 || Observed[small - 1].Sum() <= Observed[small + 1].Sum() ? small - 1 : small + 1;
            Join(small, neighbour);
            Expected.RemoveAt(small);
            Observed.RemoveAt(small);
        }
        return false;
    }

    private void Join(int from, int to)
    {
        for (int cell = 0; cell < Expected[to].Length; cell++)
        {
            Expected[to][cell] += Expected[from][cell];
            Observed[to][cell] += Observed[from][cell];
        }
    }

    private void DropWhere(Func<int, bool> isDropped)
    {
        int[] dropped = [.. Enumerable.Range(0, Expected.Count).Where(isDropped)];
        foreach (int row in dropped.Reverse())
        {
            Expected.RemoveAt(row);
            Observed.RemoveAt(row);
        }
    }
}
