using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers;

/// <summary>One answer to an item, as it is written in the data; each spelling is one.</summary>
/// <param name="Text">The text.</param>
/// <param name="Number">Its value where it is a whole number.</param>
/// <param name="Form">What the text is as a number.</param>
/// <param name="Provisional">The byte that stands for it until the categories are known.</param>
/// <param name="FirstLine">Line at which it was first seen; 0: it is expected, and how often it was given is counted.</param>
internal sealed record Answer(string Text, int? Number, NumberForm Form, byte Provisional, long FirstLine)
{
    /// <summary>The text as it is compared.</summary>
    public string Folded { get; } = AnswerText.Fold(Text);

    /// <summary>What it has in common with other spellings of the same answer.</summary>
    public string Comparable => Number is { } number ? AnswerText.Comparable(number) : Folded;
}
