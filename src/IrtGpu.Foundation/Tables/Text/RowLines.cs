namespace IrtGpu.Foundation.Tables.Text;

/// <summary>The line at which each row begins: held only where a row is not one line behind the one before.</summary>
internal sealed class RowLines
{
    private readonly List<int> rows = []; // ascending: from which row on …
    private readonly List<long> shifts = []; // … line − row is this

    public int Count { get; private set; }

    public void Add(long line)
    {
        if (shifts.Count == 0 || shifts[^1] != line - Count)
        {
            rows.Add(Count);
            shifts.Add(line - Count);
        }
        Count++;
    }

    /// <summary>1-based line of the file.</summary>
    /// <param name="row">0-based row.</param>
    public long this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
            int stretch = rows.BinarySearch(row);
            return row + shifts[stretch < 0 ? ~stretch - 1 : stretch];
        }
    }
}
