using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

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
        DataTable table = ReadTable(path, "Q-matrix");
        DataColumn? items = table.Find("item", StringComparison.OrdinalIgnoreCase);
        if (items is null || table.Columns.Count < 2)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: the Q-matrix needs a column 'item' and a column for each attribute, but its header is '{string.Join(",", table.Columns.Select(column => column.Name))}'. "
                + "Write for example 'item,reading,writing'.");
        }
        List<string> problems = [];
        Dictionary<string, int[]> rows = new(StringComparer.Ordinal);
        DataColumn[] attributes = [.. table.Columns.Where(column => column != items)];
        for (int row = 0; row < table.RowCount; row++)
        {
            string item = items.Texts[row];
            string place = FormattableString.Invariant($"{path}:{table.LineOf(row)}");
            string[] fields = [.. attributes.Select(attribute => attribute.Texts[row].Trim())];
            for (int j = 0; j < fields.Length; j++)
            {
                if (fields[j] is not ("0" or "1"))
                    problems.Add($"{place}, column '{attributes[j].Name}': '{fields[j]}' is neither 0 nor 1. Write 1 where item '{item}' measures the attribute, else 0.");
            }
            if (!rows.TryAdd(item, [.. fields.Select(field => field == "1" ? 1 : 0)]))
                problems.Add($"{place}: item '{item}' has two rows in the Q-matrix. Keep one.");
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        return new QMatrixFile([.. attributes.Select(attribute => attribute.Name)], rows);
    }

    /// <summary>Reads a table that is part of the specification, so that what is wrong with it is a fault of the specification.</summary>
    internal static DataTable ReadTable(string path, string what)
    {
        try
        {
            return DataTable.Read(path);
        }
        catch (DataException exception)
        {
            throw new SpecificationException([.. exception.Problems.Select(problem => $"{what}: {problem}")]);
        }
    }
}
