namespace IrtGpu.Regression.Reporting;

/// <summary>Columns for people: names to the left, numbers to the right.</summary>
internal static class PlainTable
{
    /// <param name="writer">Where to.</param>
    /// <param name="header">Names of the columns.</param>
    /// <param name="rows">Rows of as many cells.</param>
    /// <param name="textColumns">How many of the first columns are text.</param>
    public static void Write(TextWriter writer, string[] header, IReadOnlyList<string[]> rows, int textColumns = 0)
    {
        int[] widths = [.. header.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max())];
        foreach (string[] row in rows.Prepend(header))
            writer.WriteLine((" " + string.Join(" ", row.Select((cell, column) => column < textColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))).TrimEnd());
    }
}
