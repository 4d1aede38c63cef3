using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Columns;

/// <summary>The columns of a table read from a file; each is read as numbers or categories once.</summary>
internal sealed class TableColumns(DataTable table) : IColumnSource
{
    private readonly Dictionary<string, bool> isNumeric = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Categories> categories = new(StringComparer.Ordinal);

    public int RowCount => table.RowCount;

    public IReadOnlyList<string> Names { get; } = [.. table.Columns.Select(column => column.Name)];

    public bool IsNumeric(string name)
    {
        if (!isNumeric.TryGetValue(name, out bool known))
            isNumeric.Add(name, known = Column(name).IsNumeric);
        return known;
    }

    public double[] Numbers(string name)
    {
        if (!numbers.TryGetValue(name, out double[]? known))
        {
            ProblemLog problems = new();
            numbers.Add(name, known = Column(name).Numbers(problems));
            problems.ThrowIfAny();
        }
        return known;
    }

    public Categories Categories(string name)
    {
        if (!categories.TryGetValue(name, out Categories? known))
            categories.Add(name, known = Column(name).Categories(LevelOrder.Sorted));
        return known;
    }

    public DataProblem Problem(string message, string? column = null, int? row = null) =>
        new(message, table.Path, row is { } number ? table.LineOf(number) : null, column);

    private DataColumn Column(string name) => table.Find(name) ?? throw new ArgumentException($"There is no column '{name}'.", nameof(name));
}
