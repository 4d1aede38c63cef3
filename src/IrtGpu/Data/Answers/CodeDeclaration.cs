namespace IrtGpu.Data.Answers;

/// <summary>Says which answers some items have, in order; so categories may be words, and some may be chosen by nobody.</summary>
/// <param name="Items">ITEMS list; null: every item that no other declaration names, and of those with words only, where words are declared.</param>
/// <param name="Categories">The texts of each category, the lowest first. [category][text]</param>
/// <param name="Codes">Codes of the categories, ascending; null: the texts themselves where all are ascending whole numbers, else 0, 1, 2, … [category]</param>
/// <param name="Missing">Texts that mean missing in these items.</param>
public sealed record CodeDeclaration(string? Items, string[][] Categories, int[]? Codes = null, string[]? Missing = null);
