using System.Buffers;
using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers;

/// <summary>The answers of one column that stand for nothing, for one message.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Unknown">Each answer, of its spellings the most frequent, with how often it was given; the most frequent first.</param>
/// <param name="Known">The answers that were understood, with how often they were given.</param>
/// <param name="Beyond">Fields with still other texts, which were not kept.</param>
/// <param name="MissingCodes">Texts that mean missing now.</param>
internal sealed record UnknownAnswers(
    string Column, IReadOnlyList<(Answer Answer, long Count)> Unknown, IReadOnlyList<(Answer Answer, long Count)> Known, long Beyond, IReadOnlyList<string> MissingCodes)
{
    private const int Shown = 8;
    private const double SmallestShareOfWords = 0.1;
    private const int FewSlips = 5;

    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create(" *?#!|;&$<>()'\"");

    /// <summary>An earlier column with the same answers, of which all was said already; null: there is none.</summary>
    public string? LikeColumn { get; init; }

    /// <summary>The answers, whatever their order and number.</summary>
    public string Kind => string.Join('\n', Unknown.Select(answer => answer.Answer.Folded).Order(StringComparer.Ordinal));

    /// <summary>Number of fields.</summary>
    public long Count => Unknown.Sum(answer => answer.Count) + Beyond;

    /// <summary>How many fields of the column were understood.</summary>
    public long KnownCount => Known.Sum(answer => answer.Count);

    /// <summary>Whether they are no slips: texts of which people chose, perhaps beside numbers.</summary>
    public bool AreWords =>
        (Count > KnownCount || Count >= FewSlips && Count >= SmallestShareOfWords * (Count + KnownCount) && !Unknown.All(answer => LooksMissing(answer.Answer)))
        && Unknown.All(answer => answer.Answer.Form == NumberForm.None && DecimalComma.Parse(answer.Answer.Text) is null);

    /// <summary>Answers, and numbers among words, that look as if they meant missing.</summary>
    public IEnumerable<string> Suspects => Unknown.Concat(AreWords ? Known : []).Select(answer => answer.Answer).Where(LooksMissing).Select(answer => answer.Text);

    /// <summary>Line of the first.</summary>
    public long FirstLine => Unknown.Min(answer => answer.Answer.FirstLine);

    /// <summary>"Two answers are not numbers": subject and verb.</summary>
    /// <param name="singular">After "The answer 'x' is".</param>
    /// <param name="plural">After "n answers are".</param>
    public string Say(string singular, string plural) => Count == 1
        ? $"The answer {SeenText.Show(Unknown[0].Answer.Text)} is {singular}"
        : string.Create(CultureInfo.InvariantCulture, $"{Count} of {Count + KnownCount} answers are {plural}: {List()}");

    /// <summary>"'Agree' 20 times, 'yes' once (line 5)".</summary>
    /// <param name="most">How many are listed.</param>
    public string List(int most = Shown)
    {
        string shown = string.Join(", ", Unknown.Take(most).Select(answer => string.Create(CultureInfo.InvariantCulture,
            $"{SeenText.Show(answer.Answer.Text)} {(answer.Count == 1 ? $"once (line {answer.Answer.FirstLine})" : $"{answer.Count} times")}")));
        int more = Unknown.Count - most;
        return more <= 0 && Beyond == 0 ? shown
            : string.Create(CultureInfo.InvariantCulture, $"{shown}, and {(Beyond > 0 ? "many" : more)} more");
    }

    /// <summary>The option that takes the answers for missing which look so, as a sentence; empty where none does.</summary>
    public string SuggestMissing()
    {
        string[] suspects = [.. Suspects];
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
