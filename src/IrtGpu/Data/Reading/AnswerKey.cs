using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>The right answers of the items: turns the text of an answer into 1 or 0.</summary>
internal sealed class AnswerKey
{
    private readonly string[] answers; // [item]
    private readonly int?[] numbers; // where the answer is a whole number [item]

    private AnswerKey(string[] answers)
    {
        this.answers = answers;
        numbers = [.. answers.Select(answer => WholeNumber.Parse(answer, out int number) == NumberForm.Whole ? number : (int?)null)];
    }

    /// <summary>1 when the answer is the item's right one, else 0. Whole numbers compare by value, text exactly.</summary>
    public byte Score(int item, ReadOnlySpan<char> answer)
    {
        if (answer.SequenceEqual(answers[item]))
            return 1;
        return numbers[item] is { } right && WholeNumber.Parse(answer, out int number) == NumberForm.Whole && number == right ? (byte)1 : (byte)0;
    }

    /// <summary>Reads a key; what is wrong with it goes to <paramref name="problems"/>, and null comes back.</summary>
    /// <param name="path">Table with columns <c>item</c> and <c>key</c>.</param>
    /// <param name="itemNames">Items that need a key. [item]</param>
    /// <param name="columnNames">Every column of the data.</param>
    /// <param name="problems">Receives errors.</param>
    /// <param name="warnings">Receives entries that belong to no item.</param>
    public static AnswerKey? Read(string path, string[] itemNames, IReadOnlyList<string> columnNames, ProblemLog problems, List<DataProblem> warnings)
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
        var answers = new string[itemNames.Length];
        var strangers = new List<string>();
        for (int row = 0; row < table.RowCount; row++)
        {
            long line = table.LineOf(row);
            string name = itemColumn.Texts[row];
            string answer = keyColumn.Texts[row];
            if (!positions.TryGetValue(name, out int item))
            {
                if (!columnNames.Contains(name))
                    strangers.Add(string.Create(CultureInfo.InvariantCulture, $"{SeenText.Show(name)} (line {line})"));
            }
            else if (answers[item] is not null)
            {
                problems.Add(new DataProblem($"The key of item '{name}' is given twice, here as {SeenText.Show(answer)}. Keep one line an item.", path, line, "item"));
            }
            else if (answer.Length == 0)
            {
                problems.Add(new DataProblem($"The key of item '{name}' is blank, so its answers cannot be scored. Fill it in, or take the item out with --items.", path, line, "key"));
                answers[item] = answer;
            }
            else
            {
                answers[item] = answer;
            }
        }
        foreach (string name in itemNames.Where((_, item) => answers[item] is null))
            problems.Add(new DataProblem($"Item '{name}' has no line in the answer key, so its answers cannot be scored. Add it, or take the item out with --items.", path));
        if (strangers.Count > 0)
        {
            warnings.Add(new DataProblem(
                $"{strangers.Count.ToString(CultureInfo.InvariantCulture)} line(s) of the answer key name no column of the data and were not used: " +
                $"{string.Join(", ", strangers.Take(5))}{(strangers.Count > 5 ? ", …" : "")}. Check the spelling.", path));
        }
        return problems.Total == before ? new AnswerKey(answers) : null;
    }
}
