using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Specification;

/// <summary>Reads answers in order, such as <c>Never, Sometimes, Always</c> or <c>q1-q5=1,2,3,4;q6=No,Yes</c>.</summary>
public static class CodesParser
{
    /// <summary>Reads lists of answers, the lowest first; texts with a comma, a semicolon or an equals sign stand in double quotes.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="SpecificationException">A list has another form.</exception>
    public static IReadOnlyList<CodeDeclaration> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<CodeDeclaration> declarations = [];
        string[] parts = [.. QuotedList.Split(text, ';').Where(part => part.Length > 0)];
        foreach (string part in parts)
        {
            List<string> sides = QuotedList.Split(part, '=');
            if (parts.Length == 1 && sides.Count > 2) // 1 = never, 2 = often: the answers have equals signs
                sides = [part];
            if (sides.Count > 2 || sides[0].Length == 0)
                throw new SpecificationException($"--codes: '{part}' cannot be read. Write the answers with commas between them, or ITEMS=answers; text with an equals sign, a comma or a semicolon needs double quotes.");
            string[][] categories = [.. QuotedList.Split(sides[^1], ',').Select(answer => new[] { QuotedList.Unquote(answer) })];
            declarations.Add(Declare(sides.Count == 2 ? sides[0] : null, categories));
        }
        return declarations.Count > 0 ? declarations : throw new SpecificationException("--codes is empty. Give the answers with commas between them, the lowest first, or the name of a table item,code,category.");
    }

    /// <summary>Checks answers and makes the declaration.</summary>
    /// <param name="items">ITEMS list; null: all items.</param>
    /// <param name="categories">The answers of each category, the lowest first. [category][text]</param>
    internal static CodeDeclaration Declare(string? items, string[][] categories)
    {
        string where = items is null ? "The declared codes" : $"The declared codes of '{items}'";
        if (categories.Length is < 2 or > AnswerList.Most)
            throw new SpecificationException($"{where} are {categories.Length}, but an item has 2 to {AnswerList.Most} categories. Give all answers, the lowest first, with commas between them.");
        if (categories.Any(texts => texts.Length == 0 || texts.Any(string.IsNullOrWhiteSpace)))
            throw new SpecificationException($"{where} have an empty answer. Remove the comma too many; blanks are missing without being declared.");
        RefuseRepeats(where, categories.SelectMany(texts => texts));
        int?[] numbers = [.. categories.Select(texts => texts.Length == 1 && WholeNumber.Parse(texts[0], out int number) == NumberForm.Whole ? number : (int?)null)];
        if (numbers.All(number => number is not null) && numbers.Zip(numbers.Skip(1)).Any(pair => pair.First > pair.Second))
            throw new SpecificationException($"{where} are numbers that do not ascend. Numbers are ordered by value; to order them otherwise give a table item,code,category to --codes.");
        return new CodeDeclaration(items, categories);
    }

    /// <summary>Refuses an answer that stands twice, case and blanks aside.</summary>
    internal static void RefuseRepeats(string where, IEnumerable<string> texts)
    {
        if (texts.GroupBy(text => AnswerText.Fold(text)).FirstOrDefault(same => same.Skip(1).Any()) is { } repeated)
            throw new SpecificationException($"{where} have '{repeated.First()}' twice (case and blanks make no difference). Name every answer once.");
    }
}
