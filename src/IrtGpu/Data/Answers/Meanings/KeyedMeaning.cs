namespace IrtGpu.Data.Answers.Meanings;

/// <summary>Right answers stand for 1, all others for 0.</summary>
/// <remarks>
/// A key such as <c>A|C</c> names several right answers. Where <c>/</c>, <c>;</c> or <c>,</c> stand between them, it does so too, unless
/// someone gave the whole of it as an answer: then that is the right one.
/// </remarks>
/// <param name="keys">The key as it is written, one text for each of its lines.</param>
/// <param name="codesOfFit">The codes of the item in a finished fit; null: 0 and 1.</param>
/// <param name="isKept">Whether the key comes with a fit, which has settled what loose separators mean.</param>
internal sealed class KeyedMeaning(IReadOnlyList<string> keys, int[]? codesOfFit, bool isKept = false) : AnswerMeaning
{
    private static readonly char[] LooseSeparators = ['/', ';', ','];

    private readonly HashSet<string> right = new(keys.SelectMany(key => key.Split('|')).Select(AnswerText.Comparable), StringComparer.Ordinal);

    /// <summary>The key as it is written.</summary>
    public IReadOnlyList<string> Keys => keys;

    /// <summary>All that may turn out to be right: keys, and their parts.</summary>
    public override IEnumerable<string> Answers => keys.Concat(keys.SelectMany(key => key.Split(['|', .. LooseSeparators]))).Select(text => text.Trim()).Where(text => text.Length > 0)
        .DistinctBy(AnswerText.Comparable);

    /// <summary>Keys that were found to name several answers by a loose separator.</summary>
    public IReadOnlyList<string> Divided { get; private set; } = [];

    /// <summary>Whether the key comes with a fit.</summary>
    public bool IsKept => isKept;

    /// <summary>The key as a fit keeps it: all right answers, <c>|</c> between them.</summary>
    public string Written => string.Join('|', keys.SelectMany(key => Divided.Contains(key) ? key.Split(LooseSeparators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [key]));

    /// <summary>Whether another key names the same answers.</summary>
    /// <param name="other">With <c>|</c> between several.</param>
    public bool IsSame(string other) => new HashSet<string>(keys.SelectMany(key => key.Split('|')).Select(AnswerText.Comparable), StringComparer.Ordinal)
        .SetEquals(other.Split('|').Select(AnswerText.Comparable));

    /// <summary>Whether the answer is right.</summary>
    public bool IsRight(Answer answer) => right.Contains(answer.Comparable);

    public override bool IsDeclared => codesOfFit is not null;

    public override void Settle(IReadOnlyList<Answer> seen)
    {
        if (isKept)
            return;
        HashSet<string> given = [.. seen.Select(answer => answer.Comparable)];
        List<string> divided = [];
        foreach (string key in keys.Where(key => key.IndexOfAny(LooseSeparators) >= 0 && !given.Contains(AnswerText.Comparable(key))))
        {
            string[] parts = [.. key.Split(LooseSeparators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(AnswerText.Comparable)];
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
}
