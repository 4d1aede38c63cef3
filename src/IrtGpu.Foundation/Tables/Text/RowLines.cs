namespace IrtGpu.Foundation.Tables.Text;

/// <summary>The line at which each row begins: nothing is held while every row is one line.</summary>
/// <param name="firstLine">Line of the first row, unless something stands before it.</param>
internal sealed class RowLines(long firstLine)
{
    private readonly List<int> offsets = []; // from the first line [row]; empty while they are 0, 1, 2, …

    public int Count { get; private set; }

    public void Add(long line)
    {
        int offset = (int)(line - firstLine);
        if (offsets.Count == 0 && offset != Count)
            offsets.AddRange(Enumerable.Range(0, Count));
        if (offsets.Count > 0 || offset != Count)
            offsets.Add(offset);
        Count++;
    }

    /// <summary>1-based line of the file.</summary>
    /// <param name="row">0-based row.</param>
    public long this[int row] => firstLine + (offsets.Count == 0 ? row : offsets[row]);
}
