using System.Buffers;
using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Answers;

/// <summary>The answers of one column that stand for nothing, for one message.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Unknown">Each spelling, with how often it was given; the most frequent first.</param>
/// <param name="KnownCount">How many fields of the column were understood.</param>
/// <param name="Beyond">Fields with still other texts, which were not kept.</param>
/// <param name="MissingCodes">Texts that mean missing now.</param>
internal sealed record UnknownAnswers(string Column, IReadOnlyList<(Answer Answer, long Count)> Unknown, long KnownCount, long Beyond, IReadOnlyList<string> MissingCodes)
{
    private const int Shown = 8;

    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create(" *?#!|;&$<>()'\"");

    /// <summary>Number of fields.</summary>
    public long Count => Unknown.Sum(answer => answer.Count) + Beyond;

    /// <summary>Line of the first.</summary>
    public long FirstLine => Unknown.Min(answer => answer.Answer.FirstLine);

    /// <summary>"Two answers are not numbers": subject and verb.</summary>
    /// <param name="singular">After "The answer 'x' is".</param>
    /// <param name="plural">After "n answers are".</param>
    public string Say(string singular, string plural) => Count == 1
        ? $"The answer {SeenText.Show(Unknown[0].Answer.Text)} is {singular}"
        : string.Create(CultureInfo.InvariantCulture, $"{Count} of {Count + KnownCount} answers are {plural}: {List()}");

    /// <summary>"'Agree' 20 times, 'yes' once (line 5)".</summary>
    public string List()
    {
        string shown = string.Join(", ", Unknown.Take(Shown).Select(answer => string.Create(CultureInfo.InvariantCulture,
            $"{SeenText.Show(answer.Answer.Text)} {(answer.Count == 1 ? $"once (line {answer.Answer.FirstLine})" : $"{answer.Count} times")}")));
        int more = Unknown.Count - Shown;
        return more <= 0 && Beyond == 0 ? shown
            : string.Create(CultureInfo.InvariantCulture, $"{shown}, and {(Beyond > 0 ? "many" : more)} more");
    }

    /// <summary>The option that takes the answers for missing which look so, as a sentence; empty where none does.</summary>
    public string SuggestMissing()
    {
        string[] suspects = [.. Unknown.Select(answer => answer.Answer).Where(LooksMissing).Select(answer => answer.Text)];
        return suspects.Length == 0 ? "" : $" {string.Join(" and ", suspects.Select(text => SeenText.Show(text)))} may mean missing: {MissingOption(MissingCodes, suspects)} says so.";
    }

    /// <summary>The option that lists codes for missing beside those there are.</summary>
    public static string MissingOption(IEnumerable<string> now, IEnumerable<string> more)
    {
        string list = string.Join(',', now.Where(code => code.Length > 0).Concat(more).Distinct());
        return list.AsSpan().ContainsAny(ShellCharacters) ? $"--missing=\"{list}\"" : $"--missing={list}";
    }

    private static bool LooksMissing(Answer answer) =>
        answer.Number is { } number ? AnswerText.MeansMissing(number) : AnswerText.MeansMissing(answer.Folded);
}
