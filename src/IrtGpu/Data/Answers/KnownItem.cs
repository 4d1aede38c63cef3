namespace IrtGpu.Data.Answers;

/// <summary>What is known beforehand of an item that the data may have, from an earlier fit.</summary>
/// <param name="CategoryCount">Number of categories.</param>
/// <param name="Codes">Codes of the categories, ascending; null: not known. [category]</param>
/// <param name="Answers">How its answers are read; null: by the codes.</param>
public sealed record KnownItem(int CategoryCount, int[]? Codes = null, ItemAnswers? Answers = null);
