using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Reports.Folders;

/// <summary>A table of results, whose columns are asked for by name; what is not as it was written is told with file, line and column.</summary>
internal sealed class ResultTable
{
    private readonly DataTable table;
    private readonly Dictionary<string, DataColumn> columns;

    private ResultTable(DataTable table)
    {
        this.table = table;
        columns = table.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path => table.Path;

    public int RowCount => table.RowCount;

    /// <summary>Names of the columns, in order.</summary>
    public IEnumerable<string> Columns => table.Columns.Select(column => column.Name);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">It is missing or damaged.</exception>
    public static ResultTable Read(string path) => new(DataTable.Read(path, []));

    public bool Has(string column) => columns.ContainsKey(column);

    /// <summary>Texts of a column; "" where empty. [row]</summary>
    public IReadOnlyList<string> Texts(string column) => Find(column).Texts;

    /// <summary>Numbers of a column; NaN where empty. [row]</summary>
    public double[] Numbers(string column)
    {
        IReadOnlyList<string> texts = Find(column).Texts;
        double[] numbers = new double[texts.Count];
        for (int row = 0; row < numbers.Length; row++)
        {
            string text = texts[row];
            if (text.Length == 0)
                numbers[row] = double.NaN;
            else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[row]))
                throw Damage($"'{SeenText.Show(text)}' is no number. The file was changed: run the command again that wrote it.", table.LineOf(row), column);
        }
        return numbers;
    }

    /// <summary>Numbers of a column that may be missing: all NaN then. [row]</summary>
    public double[] NumbersIfAny(string column)
    {
        if (Has(column))
            return Numbers(column);
        double[] none = new double[RowCount];
        Array.Fill(none, double.NaN);
        return none;
    }

    private DataColumn Find(string column) => columns.TryGetValue(column, out DataColumn? found) ? found
        : throw Damage($"There is no column '{column}' (there are {string.Join(", ", Columns)}). The file was changed, or is of another command: run the command again that wrote it.", table.HeaderLine, null);

    private DataException Damage(string message, long line, string? column) => new([new DataProblem(message, table.Path, line, column)]);
}
