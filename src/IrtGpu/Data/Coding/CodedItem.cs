using IrtGpu.Data.Answers;
using IrtGpu.Data.Answers.Meanings;

namespace IrtGpu.Data.Coding;

/// <summary>One item, once all its answers are seen.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Meaning">What its answers stand for.</param>
/// <param name="Seen">The answers in the data, those that mean missing left out.</param>
/// <param name="Codes">Codes of its categories, ascending. [category]</param>
internal sealed record CodedItem(string Name, AnswerMeaning Meaning, IReadOnlyList<Answer> Seen, int[] Codes)
{
    /// <summary>How often each provisional byte was given; null: not counted. [provisional]</summary>
    public long[]? Counts { get; init; }

    /// <summary>The code that blanks stand for; null: they are missing, or there are none.</summary>
    public int? CodeOfBlank { get; init; }

    /// <summary>Fields that are blank where that is an answer.</summary>
    public long BlankCount { get; init; }

    /// <summary>The answers that stand for nothing.</summary>
    public IEnumerable<Answer> Unknown => Seen.Where(answer => Meaning.CodeOf(answer) is null);

    /// <summary>How often an answer was given; counted.</summary>
    public long CountOf(Answer answer) => Counts![answer.Provisional];
}
