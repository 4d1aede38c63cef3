using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>A small delimited table held as strings: names, then rows of as many fields.</summary>
internal sealed class SmallTable
{
    private SmallTable(string[] names, long headerLine, List<(long Line, string[] Fields)> rows)
    {
        Names = names;
        HeaderLine = headerLine;
        Rows = rows;
    }

    public string[] Names { get; }

    public long HeaderLine { get; }

    public List<(long Line, string[] Fields)> Rows { get; }

    /// <summary>Position of the column, whatever its case; −1 when there is none.</summary>
    public int FindColumn(string name) => Array.FindIndex(Names, other => other.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="DataException">The file cannot be read, is empty, or holds a row of another length.</exception>
    public static SmallTable Read(string path)
    {
        using TableFile file = TableFile.Open(path);
        var problems = new ProblemLog();
        string[]? names = null;
        long headerLine = 0;
        var rows = new List<(long, string[])>();
        while (file.TryReadBlock(out TextBlock block))
        {
            TableFile.RequireText(block, path);
            var reader = new RecordReader(block, file.Delimiter);
            while (reader.TryRead(out long line, out List<string> fields, out FieldForm form))
            {
                if (form != FieldForm.Sound)
                {
                    problems.Add(new DataProblem($"A quoted field of the row is not closed before the next delimiter; the row begins {TextBytes.Show(fields[0])}. Correct its double quotes.", path, line));
                }
                else if (names is null)
                {
                    names = [.. fields];
                    headerLine = line;
                }
                else if (fields.Count != names.Length)
                {
                    problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                        $"The row has {fields.Count} fields where the header has {names.Length}; it begins {TextBytes.Show(fields[0])}. Add or remove fields, or quote one that holds the delimiter."), path, line));
                }
                else
                {
                    rows.Add((line, [.. fields]));
                }
            }
            TextBlockSource.Return(block);
        }
        if (names is null)
            problems.Add(TableFile.EmptyFile(path));
        problems.ThrowIfAny();
        return new SmallTable(names!, headerLine, rows);
    }
}
