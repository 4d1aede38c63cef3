using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Row names for which the header has no field, as R's <c>write.table</c> writes them.</summary>
internal static class RowNames
{
    private const int RowsLookedAt = 50;

    /// <summary>Whether the first rows all have one field more than the header, and no delimiter too many at their end.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">The file is missing, a directory, no text, or cannot be read.</exception>
    public static bool AreIn(string path)
    {
        using TableReader table = TableReader.Open(path);
        if (!table.TryAdvance())
            return false;
        int columns = table.FieldCount;
        int rows = 0;
        bool isLastBlank = true;
        for (; rows < RowsLookedAt && table.TryAdvance(); rows++)
        {
            if (table.FieldCount != columns + 1)
                return false;
            isLastBlank &= table.Read(columns, out _).IsEmpty;
        }
        return rows > 1 && !isLastBlank;
    }

    /// <summary>Says how such a file is read.</summary>
    public static DataProblem Warning(string path, long line) => new(
        "The rows have one field more than the header, so the first is taken for row names, as R's write.table writes them: the column without a name (--id \"\"). "
        + "If it is another field that has no name, add the name to the header.", path, line);
}
