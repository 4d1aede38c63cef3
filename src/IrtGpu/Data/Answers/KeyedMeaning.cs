using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers;

/// <summary>Right answers stand for 1, all others for 0.</summary>
/// <remarks>
/// A key such as <c>A|C</c> names several right answers. Where <c>/</c>, <c>;</c> or <c>,</c> stand between them, it does so too, unless
/// someone gave the whole of it as an answer: then that is the right one.
/// </remarks>
/// <param name="keys">The key as it is written, one text for each of its lines.</param>
/// <param name="codesOfFit">The codes of the item in a finished fit; null: 0 and 1.</param>
internal sealed class KeyedMeaning(IReadOnlyList<string> keys, int[]? codesOfFit) : AnswerMeaning
{
    private static readonly char[] LooseSeparators = ['/', ';', ','];

    private readonly HashSet<string> right = new(keys.SelectMany(key => key.Split('|')).Select(Comparable), StringComparer.Ordinal);

    /// <summary>The key as it is written.</summary>
    public IReadOnlyList<string> Keys => keys;

    /// <summary>Keys that were found to name several answers by a loose separator.</summary>
    public IReadOnlyList<string> Divided { get; private set; } = [];

    /// <summary>Whether the answer is right.</summary>
    public bool IsRight(Answer answer) => right.Contains(answer.Number is { } number ? Comparable(number) : answer.Folded);

    public override bool IsDeclared => codesOfFit is not null;

    public override void Settle(IReadOnlyList<Answer> seen)
    {
        HashSet<string> given = [.. seen.Select(answer => answer.Number is { } number ? Comparable(number) : answer.Folded)];
        List<string> divided = [];
        foreach (string key in keys.Where(key => key.IndexOfAny(LooseSeparators) >= 0 && !given.Contains(Comparable(key))))
        {
            string[] parts = [.. key.Split(LooseSeparators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Comparable)];
            if (parts.Length < 2 || !parts.Any(given.Contains))
                continue;
            right.UnionWith(parts);
            divided.Add(key);
        }
        Divided = divided;
    }

    public override int[] Codes(IReadOnlyList<Answer> seen) =>
        codesOfFit ?? [.. seen.Select(answer => IsRight(answer) ? 1 : 0).Distinct().Order()];

    public override int? CodeOf(Answer answer) => IsRight(answer) ? 1 : 0;

    public override int CodeOfBlank(int[] codes) => 0;

    public override string Explain(UnknownAnswers unknown) => throw new NotSupportedException("Every answer is right or wrong.");

    private static string Comparable(string text) => WholeNumber.Parse(text, out int number) == NumberForm.Whole ? Comparable(number) : AnswerText.Fold(text);

    private static string Comparable(int number) => FormattableString.Invariant($"{number}");
}
