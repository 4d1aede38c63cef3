using System.Globalization;
using System.Text;

namespace IrtGpu.Reports.Tests.Results;

/// <summary>A table as the commands write it, read by the plainest code there is.</summary>
internal sealed class CsvFile
{
    private readonly List<string[]> rows = [];

    public CsvFile(string path)
    {
        foreach (string line in File.ReadAllLines(path))
            rows.Add(Split(line));
    }

    public int Count => rows.Count - 1;

    public string Text(int row, string column) => rows[row + 1][Array.IndexOf(rows[0], column)];

    public double Number(int row, string column) => Text(row, column) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;

    /// <summary>Rows in which the column has the value.</summary>
    public IEnumerable<int> Where(string column, string value) => Enumerable.Range(0, Count).Where(row => Text(row, column) == value);

    private static string[] Split(string line)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool isQuoted = false;
        for (int k = 0; k < line.Length; k++)
        {
            if (line[k] == '"' && isQuoted && k + 1 < line.Length && line[k + 1] == '"')
                field.Append(line[k++]);
            else if (line[k] == '"')
                isQuoted = !isQuoted;
            else if (line[k] == ',' && !isQuoted)
                (_, field) = (Add(), new StringBuilder());
            else
                field.Append(line[k]);
        }
        Add();
        return [.. fields];

        int Add()
        {
            fields.Add(field.ToString());
            return fields.Count;
        }
    }
}
