using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers;

/// <summary>Says which answers some items have, in order; so categories may be words, and some may be chosen by nobody.</summary>
/// <param name="Items">ITEMS list; null: every item that no other declaration names, and of those with words only, where words are declared.</param>
/// <param name="Categories">The texts of each category, the lowest first. [category][text]</param>
/// <param name="Codes">Codes of the categories, ascending; null: the texts themselves where all are ascending whole numbers, else 0, 1, 2, … [category]</param>
/// <param name="Missing">Texts that mean missing in these items.</param>
public sealed record CodeDeclaration(string? Items, string[][] Categories, int[]? Codes = null, string[]? Missing = null)
{
    /// <summary>Codes of the categories, and what stands for them where that is more than the codes.</summary>
    internal (int[] Codes, string[][]? Texts) Read()
    {
        if (Codes is not null)
            return (Codes, Categories);
        int?[] numbers = [.. Categories.Select(texts => texts.Length == 1 && WholeNumber.Parse(texts[0], out int number) == NumberForm.Whole ? number : (int?)null)];
        return numbers.All(number => number is not null) ? ([.. numbers.OfType<int>()], null) : ([.. Enumerable.Range(0, Categories.Length)], Categories);
    }
}
