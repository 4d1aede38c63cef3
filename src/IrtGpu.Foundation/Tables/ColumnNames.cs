using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Foundation.Tables;

/// <summary>The names in a header.</summary>
internal static class ColumnNames
{
    /// <summary>Reads the header.</summary>
    /// <param name="reader">At the beginning of its file.</param>
    /// <param name="path">The file.</param>
    /// <param name="problems">Receives a header whose quotes are unsound.</param>
    /// <exception cref="DataException">The file is empty, or no text.</exception>
    public static string[] Read(TableReader reader, string path, ProblemLog problems)
    {
        if (!reader.TryAdvance())
            throw new DataException([TableFile.EmptyFile(path)]);
        if (!reader.IsSound)
            problems.Add(new DataProblem("The header has a quoted name that is not closed before the next delimiter. Correct its double quotes.", path, reader.Line));
        return [.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.Read(column, out _).ToString())];
    }

    /// <summary>Positions of the names; blank ones are left out, and one that stands twice is a problem.</summary>
    /// <param name="names">As read. [column]</param>
    /// <param name="line">Line of the header.</param>
    /// <param name="path">The file.</param>
    /// <param name="problems">Receives errors.</param>
    public static Dictionary<string, int> Index(IReadOnlyList<string> names, long line, string path, ProblemLog problems)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int column = 0; column < names.Count; column++)
        {
            if (names[column].Length > 0 && !positions.TryAdd(names[column], column))
            {
                problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                    $"The name '{names[column]}' heads columns {positions[names[column]] + 1} and {column + 1}, so it does not say which is meant. Rename one."),
                    path, line, names[column]));
            }
        }
        return positions;
    }

    /// <summary>The problem that a name which an option or a formula asks for heads no column.</summary>
    public static DataProblem Absent(string name, string askedBy, IReadOnlyList<string> names, string path, long line) =>
        new($"There is no column '{name}', which {askedBy} names. {NearNames.Suggest(name, names)}", path, line, name);
}
