using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Reading;

/// <summary>Reads the right answers of the items.</summary>
internal static class AnswerKey
{
    /// <summary>Reads a key; what is wrong with it goes to <paramref name="problems"/>, and null comes back.</summary>
    /// <param name="path">Table with columns <c>item</c> and <c>key</c>; an item with several right answers may have several lines.</param>
    /// <param name="itemNames">Items that need a key. [item]</param>
    /// <param name="columnNames">Every column of the data.</param>
    /// <param name="problems">Receives errors.</param>
    /// <param name="warnings">Receives entries that belong to no item.</param>
    /// <returns>The keys as they are written. [item][line]</returns>
    public static List<string>[]? Read(string path, string[] itemNames, IReadOnlyList<string> columnNames, ProblemLog problems, List<DataProblem> warnings)
    {
        long before = problems.Total;
        DataTable table = DataTable.Read(path);
        if (table.Find("item", StringComparison.OrdinalIgnoreCase) is not { } itemColumn || table.Find("key", StringComparison.OrdinalIgnoreCase) is not { } keyColumn)
        {
            problems.Add(new DataProblem(
                $"The answer key needs the columns 'item' and 'key' but has {string.Join(", ", table.Columns.Select(column => SeenText.Show(column.Name)))}. " +
                "Name them in its first line.", path, table.HeaderLine));
            return null;
        }

        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int item = 0; item < itemNames.Length; item++)
            positions.Add(itemNames[item], item);
        List<string>[] keys = [.. itemNames.Select(_ => new List<string>())];
        var strangers = new List<string>();
        for (int row = 0; row < table.RowCount; row++)
        {
            long line = table.LineOf(row);
            string name = itemColumn.Texts[row];
            string key = keyColumn.Texts[row];
            if (!positions.TryGetValue(name, out int item))
            {
                if (!columnNames.Contains(name))
                    strangers.Add(string.Create(CultureInfo.InvariantCulture, $"{SeenText.Show(name)} (line {line})"));
                continue;
            }
            if (key.Split('|').Any(string.IsNullOrWhiteSpace))
                problems.Add(new DataProblem($"The key of item '{name}' is blank ({SeenText.Show(key)}), so its answers cannot be scored. Fill it in, or take the item out with --items.", path, line, "key"));
            keys[item].Add(key);
        }
        foreach (string name in itemNames.Where((_, item) => keys[item].Count == 0))
            problems.Add(new DataProblem($"Item '{name}' has no line in the answer key, so its answers cannot be scored. Add it, or take the item out with --items.", path));
        if (strangers.Count > 0)
        {
            warnings.Add(new DataProblem(
                $"{strangers.Count.ToString(CultureInfo.InvariantCulture)} line(s) of the answer key name no column of the data and were not used: " +
                $"{string.Join(", ", strangers.Take(5))}{(strangers.Count > 5 ? ", …" : "")}. Check the spelling.", path));
        }
        return problems.Total == before ? keys : null;
    }
}
