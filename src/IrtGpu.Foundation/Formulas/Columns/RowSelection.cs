using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Columns;

/// <summary>The rows of a source in which no column in use is missing, and the columns in these rows.</summary>
internal sealed class RowSelection
{
    private readonly IColumnSource source;
    private readonly int[]? rows; // null: all

    private RowSelection(IColumnSource source, int[]? rows, IReadOnlyList<(string Column, int Count)> missing)
    {
        this.source = source;
        this.rows = rows;
        Missing = missing;
    }

    /// <summary>Number of rows kept.</summary>
    public int Count => rows?.Length ?? source.RowCount;

    /// <summary>Columns with missing values, and how many.</summary>
    public IReadOnlyList<(string Column, int Count)> Missing { get; }

    public IColumnSource Source => source;

    /// <summary>Selects the rows in which every column has a value.</summary>
    /// <param name="source">All rows.</param>
    /// <param name="columns">Columns in use.</param>
    public static RowSelection Complete(IColumnSource source, IEnumerable<string> columns)
    {
        bool[]? isIncomplete = null;
        List<(string, int)> missing = [];
        foreach (string column in columns)
        {
            int count = 0;
            if (source.IsNumeric(column))
            {
                double[] values = source.Numbers(column);
                for (int row = 0; row < values.Length; row++)
                {
                    if (double.IsNaN(values[row]))
                        Mark(row);
                }
            }
            else
            {
                int[] levels = source.Categories(column).Level;
                for (int row = 0; row < levels.Length; row++)
                {
                    if (levels[row] < 0)
                        Mark(row);
                }
            }
            if (count > 0)
                missing.Add((column, count));

            void Mark(int row)
            {
                (isIncomplete ??= new bool[source.RowCount])[row] = true;
                count++;
            }
        }
        return new RowSelection(source, isIncomplete is null ? null : [.. Enumerable.Range(0, source.RowCount).Where(row => !isIncomplete[row])], missing);
    }

    /// <summary>Row of the source of a kept row.</summary>
    public int SourceRow(int row) => rows is null ? row : rows[row];

    /// <summary>The values in the kept rows. [kept row]</summary>
    public double[] Numbers(string name)
    {
        double[] all = source.Numbers(name);
        return rows is null ? all : Array.ConvertAll(rows, row => all[row]);
    }

    /// <summary>The categories in the kept rows; levels that none of them shows are left out.</summary>
    public Categories Categories(string name)
    {
        Categories all = source.Categories(name);
        return Used(new Categories(all.Levels, rows is null ? all.Level : Array.ConvertAll(rows, row => all.Level[row])));
    }

    /// <summary>A problem with its place.</summary>
    public DataException Failure(string message, string? column = null, int? row = null) =>
        new([source.Problem(message, column, row is { } kept ? SourceRow(kept) : null)]);

    private static Categories Used(Categories categories)
    {
        int[] rank = new int[categories.Levels.Length];
        foreach (int level in categories.Level)
            rank[level] = 1;
        List<string> levels = [];
        for (int level = 0; level < rank.Length; level++)
        {
            if (rank[level] == 0)
                continue;
            rank[level] = levels.Count;
            levels.Add(categories.Levels[level]);
        }
        return levels.Count == rank.Length ? categories : new Categories([.. levels], Array.ConvertAll(categories.Level, level => rank[level]));
    }
}
