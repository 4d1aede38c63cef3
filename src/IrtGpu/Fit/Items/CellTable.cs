namespace IrtGpu.Fit.Items;

/// <summary>A cell of an item's table of sum scores by categories, or several that were merged.</summary>
internal sealed class ScoreCell(double observed, double expected, int[] sources)
{
    /// <summary>Persons.</summary>
    public double Observed { get; private set; } = observed;

    /// <summary>Persons under the model; NaN where the category cannot have the score, 0 where the cell was merged away.</summary>
    public double Expected { get; set; } = expected;

    /// <summary>Cells of the unmerged table: score · categories + category.</summary>
    public List<int> Sources { get; } = [.. sources];

    /// <summary>Takes another cell in.</summary>
    public void Add(ScoreCell other)
    {
        Observed += other.Observed;
        Expected += other.Expected;
        Sources.AddRange(other.Sources);
    }

    /// <summary>A cell that was merged away.</summary>
    public static ScoreCell Empty() => new(0, 0, []);
}

/// <summary>Merges cells of an item's table of sum scores by categories until all expect enough persons.</summary>
/// <remarks>
/// The order is that of R's mirt 1.47: scores that some category cannot have join the nearest that has all, from both ends; scores that
/// nobody has go, those of one person join the next; within a score small cells join their smaller neighbour until two are left; then rare
/// last categories join those before them; then scores with a small cell join the neighbouring score that fewer have. Which scores are looked
/// at for small cells is decided before scores of one person are merged, as it is there.
/// </remarks>
/// <param name="Rows">[score][category]</param>
internal sealed record CellTable(List<ScoreCell[]> Rows)
{
    private const double LeastExpected = 1;

    /// <summary>Cells that are left, less the scores, each of which is given.</summary>
    public int Df => Rows.Sum(row => row.Count(cell => cell.Expected > 0)) - Rows.Count;

    /// <summary>Σ (O − E)²/E.</summary>
    public double ChiSquare => Rows.Sum(row => row.Sum(cell => cell.Expected > 0 ? (cell.Observed - cell.Expected) * (cell.Observed - cell.Expected) / cell.Expected : 0));

    /// <summary>Merges.</summary>
    /// <param name="observed">Persons; scores from 1 to the largest but one. [score][category]</param>
    /// <param name="expected">Persons under the model; NaN where a category cannot have the score. [score][category]</param>
    /// <returns>Null where fewer than two scores are left.</returns>
    public static CellTable? Collapse(double[][] observed, double[][] expected)
    {
        CellTable table = new(
        [
            .. observed.Select((row, score) => (ScoreCell[])[.. row.Select((persons, category) => new ScoreCell(persons, expected[score][category], [(score + 1) * row.Length + category]))]),
        ]);
        if (!table.TryMergeImpossible())
            return null;
        table.Rows.RemoveAll(row => Persons(row) == 0);
        if (table.Rows.Count < 2)
            return null;
        bool[] hasSmall = [.. table.Rows.Select(row => row.Any(cell => cell.Expected < LeastExpected))];
        table.MergeSingles();
        if (table.Rows.Count < 2)
            return null;
        int categoryCount = table.Rows[0].Length;
        for (int row = 0; row < table.Rows.Count && categoryCount > 2; row++)
        {
            if (hasSmall[row])
                table.MergeCategories(row);
        }
        table.MergeLastCategories();
        return table.TryMergeScores() ? table : null;
    }

    private static double Persons(ScoreCell[] row) => row.Sum(cell => cell.Observed);

    private bool TryMergeImpossible()
    {
        bool[] isPossible = [.. Rows.Select(row => !Array.Exists(row, cell => double.IsNaN(cell.Expected)))];
        int first = Array.IndexOf(isPossible, true);
        int last = Array.LastIndexOf(isPossible, true);
        if (first < 0)
            return false;
        foreach (ScoreCell cell in Rows.SelectMany(row => row))
        {
            if (!double.IsNaN(cell.Expected))
                continue;
            cell.Expected = 0;
            cell.Sources.Clear();
        }
        for (int row = 0; row < Rows.Count; row++)
        {
            if (!isPossible[row])
                Join(row, row < first ? first : row > last ? last : row - 1);
        }
        for (int row = Rows.Count - 1; row >= 0; row--)
        {
            if (!isPossible[row])
                Rows.RemoveAt(row);
        }
        return true;
    }

    private void MergeSingles()
    {
        List<ScoreCell[]> gone = [];
        for (int row = 0; row < Rows.Count - 1; row++)
        {
            if (Persons(Rows[row]) != 1)
                continue;
            gone.Add(Rows[row]);
            Join(row, row + 1);
        }
        Rows.RemoveAll(gone.Contains);
        int last = Rows.Count - 1;
        if (last > 0 && Persons(Rows[last]) == 1)
        {
            Join(last, last - 1);
            Rows.RemoveAt(last);
        }
    }

    private void MergeCategories(int row)
    {
        List<ScoreCell> cells = [.. Rows[row]];
        while (cells.Count > 2)
        {
            double least = cells.Min(cell => cell.Expected);
            int smallest = cells.FindLastIndex(cell => cell.Expected == least);
            int neighbour = smallest == 0 ? 1
                : smallest == cells.Count - 1 || cells[smallest - 1].Expected <= cells[smallest + 1].Expected ? smallest - 1 : smallest + 1;
            cells[neighbour].Add(cells[smallest]);
            cells.RemoveAt(smallest);
            if (cells.TrueForAll(cell => cell.Expected >= LeastExpected))
                break;
        }
        while (cells.Count < Rows[row].Length)
            cells.Add(ScoreCell.Empty());
        Rows[row] = [.. cells];
    }

    private void MergeLastCategories()
    {
        while (Rows[0].Length > 2)
        {
            int last = Rows[0].Length - 1;
            if (!(Rows.Sum(row => row[last].Expected) < LeastExpected * Math.Ceiling(Rows.Count * 0.1)))
                break;
            MergeColumn(last);
        }
        for (int column = Rows[0].Length - 1; column >= 1; column--)
        {
            if ((double)Rows.Count(row => row[column].Expected > 0) / Rows.Count < 0.05)
                MergeColumn(column);
        }
    }

    private void MergeColumn(int column)
    {
        for (int row = 0; row < Rows.Count; row++)
        {
            Rows[row][column - 1].Add(Rows[row][column]);
            Rows[row] = [.. Rows[row][..column], .. Rows[row][(column + 1)..]];
        }
    }

    private bool TryMergeScores()
    {
        while (Rows.Count > 1)
        {
            int small = Rows.FindIndex(row => Array.Exists(row, cell => cell.Expected != 0 && cell.Expected < LeastExpected));
            if (small < 0)
                return true;
            int neighbour = small == 0 ? 1
                : small == Rows.Count - 1 || Persons(Rows[small - 1]) <= Persons(Rows[small + 1]) ? small - 1 : small + 1;
            Join(small, neighbour);
            Rows.RemoveAt(small);
        }
        return false;
    }

    private void Join(int from, int to)
    {
        for (int cell = 0; cell < Rows[to].Length; cell++)
            Rows[to][cell].Add(Rows[from][cell]);
    }
}
