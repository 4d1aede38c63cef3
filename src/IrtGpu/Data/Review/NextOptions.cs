using IrtGpu.Data.Answers;
using IrtGpu.Data.Answers.Meanings;

namespace IrtGpu.Data.Review;

/// <summary>Gathers, from columns whose answers are no numbers, the options that one may type next.</summary>
/// <param name="missingCodes">Texts that mean missing now.</param>
internal sealed class NextOptions(IReadOnlyList<string> missingCodes)
{
    private readonly List<UnknownAnswers> words = [];
    private readonly List<string> noItems = [];
    private readonly List<string> suspects = [];

    /// <summary>Takes up the answers of a column that stand for nothing.</summary>
    /// <returns>The first column with the same words; null: this is the first.</returns>
    public string? Take(UnknownAnswers unknown)
    {
        if (OpenMeaning.AreNoAnswers(unknown))
        {
            noItems.Add(unknown.Column);
            return null;
        }
        suspects.AddRange(unknown.Suspects.Except(suspects));
        if (!unknown.AreWords)
            return null;
        string? like = words.FirstOrDefault(other => other.Kind == unknown.Kind)?.Column;
        words.Add(unknown);
        return like;
    }

    /// <summary>The options, where several columns have the same words or some have codes for missing; null where there are none.</summary>
    /// <param name="identifier">A column of identifiers; null: none was found.</param>
    public string? Suggest(string? identifier)
    {
        UnknownAnswers[][] kinds = [.. words.GroupBy(unknown => unknown.Kind).Select(same => same.ToArray()).OrderByDescending(same => same.Length)];
        bool haveAnswers = kinds.Length > 0 && kinds[0].Length > 1;
        if (!haveAnswers && suspects.Count == 0)
            return null;
        string[] leftOut = [.. noItems.Where(name => name != identifier), .. kinds.Where(same => same.Length == 1).Select(same => same[0].Column)];
        List<string> options = [];
        if (identifier is not null)
            options.Add($"--id {OptionText.Name(identifier)}");
        if (leftOut.Length > 0)
            options.Add($"--covariates {OptionText.List(leftOut)}");
        if (suspects.Count > 0)
            options.Add(UnknownAnswers.MissingOption(missingCodes, suspects));
        if (haveAnswers)
        {
            IEnumerable<string> answers = kinds[0].SelectMany(unknown => unknown.Unknown.Concat(unknown.Known)).Select(answer => answer.Answer)
                .DistinctBy(answer => answer.Folded).Select(answer => answer.Text).Except(suspects);
            options.Add($"--codes with {string.Join(", ", answers.Select(text => $"'{text}'"))} in their order, lowest first");
        }
        return string.Join(' ', options);
    }
}
