using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Answers.Meanings;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Tells how keys and answers were understood where that is not plain, and which answers may be none.</summary>
internal sealed class KeyReview
{
    private const int MostOptions = 20; // an item with more different answers has none to choose from
    private const int ShownAnswers = 8;
    private const double CommonShare = 0.8; // of a column's answers: these are the options that the key names
    private const double RareShare = 0.02; // of all answers
    private const double RareShareOfColumn = 0.05;

    private readonly (CodedItem Item, KeyedMeaning Key)[] keyed;
    private readonly IReadOnlyList<string> missingCodes;
    private readonly string path;
    private readonly HashSet<string> keys;
    private readonly Dictionary<string, long> totals;
    private readonly double total;
    private readonly HashSet<string> options; // frequent in several items

    /// <param name="keyed">Items that have a key.</param>
    /// <param name="missingCodes">Texts that mean missing.</param>
    /// <param name="path">The data.</param>
    public KeyReview((CodedItem Item, KeyedMeaning Key)[] keyed, IReadOnlyList<string> missingCodes, string path)
    {
        this.keyed = keyed;
        this.missingCodes = missingCodes;
        this.path = path;
        keys = [.. keyed.SelectMany(item => item.Item.Seen.Where(item.Key.IsRight)).Select(answer => answer.Folded)];
        totals = keyed.SelectMany(item => item.Item.Seen.Select(answer => (answer.Folded, Count: item.Item.CountOf(answer))))
            .GroupBy(answer => answer.Folded).ToDictionary(group => group.Key, group => group.Sum(answer => answer.Count));
        total = totals.Values.Sum();
        options = [.. keyed.SelectMany(item => item.Item.Seen.Select(answer => answer.Folded).Distinct()).GroupBy(text => text)
            .Where(same => same.Skip(1).Any() && totals[same.Key] > RareShare * total).Select(same => same.Key)];
    }

    public void Report(List<DataProblem> warnings)
    {
        string[] several = [.. keyed.Where(item => item.Key.Keys.Count > 1).Select(item => $"'{item.Item.Name}' ({string.Join(", ", item.Key.Keys.Select(key => SeenText.Show(key)))})")];
        if (several.Length > 0)
        {
            warnings.Add(new DataProblem(
                $"Items with several lines in the key have several right answers: {string.Join(", ", several.Take(ShownAnswers))}{(several.Length > ShownAnswers ? ", …" : "")}. "
                + "Delete the lines that are not meant.", path));
        }
        string[] divided = [.. keyed.SelectMany(item => item.Key.Divided.Select(key => $"{SeenText.Show(key)} of '{item.Item.Name}'"))];
        if (divided.Length > 0)
        {
            warnings.Add(new DataProblem(
                $"Keys were read as several right answers, since nobody gave the whole of them: {string.Join(", ", divided.Take(ShownAnswers))}{(divided.Length > ShownAnswers ? ", …" : "")}. "
                + "Write | between them to say so.", path));
        }
        Tell(warnings, (item, key, answer) => key.IsRight(answer) && item.Seen.Any(other => other.Folded == answer.Folded && item.CountOf(other) > item.CountOf(answer)),
            "are right but for case or blanks and count so", _ => "Nothing is to be done if they mean the same as the others.");
        Tell(warnings, (item, _, answer) => IsNoOption(item, answer), "are no option elsewhere and count as wrong", answers =>
            $"If they mean missing, list them: {UnknownAnswers.MissingOption(missingCodes, answers.Select(answer => answer.Text).Distinct().Take(ShownAnswers))}; else correct them.");
    }

    private void Tell(
        List<DataProblem> warnings, Func<CodedItem, KeyedMeaning, Answer, bool> isMeant, string what, Func<IEnumerable<Answer>, string> remedy)
    {
        var meant = keyed.SelectMany(item => item.Item.Seen.Where(answer => isMeant(item.Item, item.Key, answer)).Select(answer => (item.Item, Answer: answer))).ToArray();
        if (meant.Length == 0)
            return;
        var byText = meant.GroupBy(answer => answer.Answer.Text)
            .Select(same => (Text: same.Key, Count: same.Sum(answer => answer.Item.CountOf(answer.Answer)), Names: same.Select(answer => answer.Item.Name).Distinct().ToArray()))
            .OrderByDescending(same => same.Count).ToArray();
        string list = string.Join(", ", byText.Take(ShownAnswers).Select(same => string.Create(CultureInfo.InvariantCulture, $"{SeenText.Show(same.Text)} {same.Count} in {CodeLists.Show(same.Names)}")));
        warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
            $"{byText.Sum(same => same.Count)} answers {what}: {list}{(byText.Length > ShownAnswers ? ", …" : "")}. ") + remedy(meant.Select(answer => answer.Answer)),
            path, meant.Select(answer => answer.Answer.FirstLine).Where(line => line > 0).Cast<long?>().Min()));
    }

    private bool IsNoOption(CodedItem item, Answer answer)
    {
        if (keys.Contains(answer.Folded))
            return false;
        if (answer.Folded == AnswerText.Fold(item.Name) || answer.Number is null && AnswerText.MeansMissing(answer.Folded))
            return true;
        if (item.Seen.Select(seen => seen.Folded).Distinct().Count() > MostOptions)
            return false;
        long answered = item.Seen.Sum(item.CountOf);
        Answer[] common = [.. item.Seen.Where(seen => keys.Contains(seen.Folded) || options.Contains(seen.Folded))];
        bool isClosed = common.Select(seen => seen.Folded).Distinct().Skip(1).Any() && common.Sum(item.CountOf) >= CommonShare * answered;
        if (answer.Number is { } number && AnswerText.MeansMissing(number) && isClosed)
            return true;
        return isClosed && totals[answer.Folded] <= RareShare * total && item.CountOf(answer) <= RareShareOfColumn * answered;
    }
}
