using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Specification.Files;

/// <summary>A Q-matrix as a table: a column <c>item</c>, then one column of 0 and 1 for each attribute.</summary>
/// <param name="Attributes">Names of the attributes, from the header.</param>
/// <param name="Rows">Which attributes each item measures. [item name → 0/1 per attribute]</param>
public sealed record QMatrixFile(IReadOnlyList<string> Attributes, IReadOnlyDictionary<string, int[]> Rows)
{
    /// <summary>Reads the table.</summary>
    /// <param name="path">Delimited text.</param>
    /// <exception cref="SpecificationException">It cannot be read or has another form.</exception>
    public static QMatrixFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SmallTable table = ReadTable(path, "Q-matrix");
        int itemColumn = table.FindColumn("item");
        if (itemColumn < 0 || table.Names.Length < 2)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: the Q-matrix needs a column 'item' and a column for each attribute, but its header is '{string.Join(",", table.Names)}'. "
                + "Write for example 'item,reading,writing'.");
        }
        List<string> problems = [];
        Dictionary<string, int[]> rows = new(StringComparer.Ordinal);
        int[] columns = [.. Enumerable.Range(0, table.Names.Length).Where(column => column != itemColumn)];
        foreach ((long line, string[] fields) in table.Rows)
        {
            int[] row = new int[columns.Length];
            for (int j = 0; j < columns.Length; j++)
            {
                string field = fields[columns[j]].Trim();
                if (field is not ("0" or "1"))
                    problems.Add($"{path}:{line}, column '{table.Names[columns[j]]}': '{field}' is neither 0 nor 1. Write 1 where item '{fields[itemColumn]}' measures the attribute, else 0.");
                row[j] = field == "1" ? 1 : 0;
            }
            if (!rows.TryAdd(fields[itemColumn], row))
                problems.Add($"{path}:{line}: item '{fields[itemColumn]}' has two rows in the Q-matrix. Keep one.");
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        return new QMatrixFile([.. columns.Select(column => table.Names[column])], rows);
    }

    /// <summary>Reads a table that is part of the specification, so that what is wrong with it is a fault of the specification.</summary>
    internal static SmallTable ReadTable(string path, string what)
    {
        try
        {
            return SmallTable.Read(path);
        }
        catch (DataException exception)
        {
            throw new SpecificationException([.. exception.Problems.Select(problem => $"{what}: {problem}")]);
        }
    }
}
