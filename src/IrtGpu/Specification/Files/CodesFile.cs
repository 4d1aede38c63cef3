using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Specification.Files;

/// <summary>Answers of items and their categories as a table <c>item,code,category</c>.</summary>
public static class CodesFile
{
    /// <summary>Reads a table where the text names one, else lists of answers (<see cref="CodesParser"/>).</summary>
    /// <param name="text">A path, or lists.</param>
    /// <param name="locate">Where a name is looked for; null: where it says.</param>
    /// <exception cref="SpecificationException">It is neither.</exception>
    public static IReadOnlyList<CodeDeclaration> ReadOrParse(string text, Func<string, string>? locate = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        string path = locate?.Invoke(text) ?? text;
        if (File.Exists(path))
            return Read(path);
        if (!text.Contains(','))
            throw new SpecificationException($"--codes '{text}' names no file, and is no list of answers. Give answers with commas between them, the lowest first, or the name of a table item,code,category.");
        return CodesParser.Parse(text);
    }

    /// <summary>Reads the table. Answers with the same category are one; those with a blank category are missing.</summary>
    /// <param name="path">Delimited text with the columns <c>item</c> (a name or ITEMS list), <c>code</c> and <c>category</c> (a whole number).</param>
    /// <exception cref="SpecificationException">It cannot be read or has another form.</exception>
    public static IReadOnlyList<CodeDeclaration> Read(string path)
    {
        DataTable table = QMatrixFile.ReadTable(path, "codes");
        if (Find("item") is not { } item || Find("code") is not { } code || Find("category") is not { } category)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: a table of codes needs the columns 'item', 'code' and 'category', but the header is '{string.Join(",", table.Columns.Select(column => column.Name))}'. Name them so.");
        }
        List<string> problems = [];
        List<(string Item, string Text, int? Category)> rows = [];
        for (int row = 0; row < table.RowCount; row++)
        {
            string text = category.Texts[row].Trim();
            int number = 0;
            if (code.Texts[row].Length == 0)
                problems.Add(FormattableString.Invariant($"{path}:{table.LineOf(row)}, column 'code': the answer is blank. Blanks are missing, or what --blank says; remove the row."));
            else if (text.Length > 0 && WholeNumber.Parse(text, out number) != NumberForm.Whole)
                problems.Add(FormattableString.Invariant($"{path}:{table.LineOf(row)}, column 'category': '{text}' is not a whole number. Number the categories from 0, or leave it blank where the answer means missing."));
            else
                rows.Add((item.Texts[row], code.Texts[row], text.Length == 0 ? null : number));
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        return [.. rows.GroupBy(row => row.Item).Select(rowsOfItem => Declare(path, rowsOfItem.Key, [.. rowsOfItem]))];

        DataColumn? Find(string name) => table.Find(name, StringComparison.OrdinalIgnoreCase);
    }

    private static CodeDeclaration Declare(string path, string items, (string Item, string Text, int? Category)[] rows)
    {
        int[] codes = [.. rows.Select(row => row.Category).OfType<int>().Distinct().Order()];
        if (codes.Length is < 2 or > AnswerList.Most)
            throw new SpecificationException($"{path}: '{items}' has {codes.Length} categories, but an item has 2 to {AnswerList.Most}. Give at least two different ones.");
        CodesParser.RefuseRepeats($"{path}: the codes of '{items}'", rows.Select(row => row.Text));
        string[][] texts = [.. codes.Select(code => rows.Where(row => row.Category == code).Select(row => row.Text).ToArray())];
        return new CodeDeclaration(items, texts, codes, [.. rows.Where(row => row.Category is null).Select(row => row.Text)]);
    }
}
