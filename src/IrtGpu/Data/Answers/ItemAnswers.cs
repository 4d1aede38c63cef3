using System.Globalization;
using System.Text.Json.Serialization;

namespace IrtGpu.Data.Answers;

/// <summary>How the answers to an item are read where its category codes alone do not say so; kept with a fit, so that new data are read alike.</summary>
/// <param name="Texts">The texts of each category as declared, whole numbers compared by value; null: its code. [category][text]</param>
/// <param name="Missing">Texts that mean missing in this item, beside those of all columns.</param>
/// <param name="BlankIsWrong">Whether a blank field counts as the lowest category, and is not missing.</param>
/// <param name="Key">Right answers, with <c>|</c> between several: they stand for 1, all others for 0; null: there is no key.</param>
public sealed record ItemAnswers(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[][]? Texts = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Missing = null,
    bool BlankIsWrong = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key = null)
{
    /// <summary>Codes are the answers, and blanks are missing.</summary>
    public static ItemAnswers Plain { get; } = new();

    /// <summary>Whether the item's codes say all.</summary>
    [JsonIgnore]
    public bool IsPlain => Texts is null && Missing is null or { Length: 0 } && !BlankIsWrong && Key is null;

    /// <summary>What is written for a category: the first of its texts, or its code.</summary>
    /// <param name="category">0-based category.</param>
    /// <param name="codes">Category codes of the item. [category]</param>
    public string TextOf(int category, int[] codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        return Texts is { } texts ? texts[category][0] : codes[category].ToString(CultureInfo.InvariantCulture);
    }
}
