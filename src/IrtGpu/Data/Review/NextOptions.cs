using IrtGpu.Data.Answers;

namespace IrtGpu.Data.Review;

/// <summary>Gathers, from columns whose answers are no numbers, the options that one may type next.</summary>
/// <param name="missingCodes">Texts that mean missing now.</param>
internal sealed class NextOptions(IReadOnlyList<string> missingCodes)
{
    private readonly List<UnknownAnswers> words = [];
    private readonly List<string> noItems = [];

    /// <summary>Takes up the answers of a column that stand for nothing.</summary>
    /// <returns>The first column with the same words; null: this is the first.</returns>
    public string? Take(UnknownAnswers unknown)
    {
        if (OpenMeaning.AreNoAnswers(unknown))
        {
            noItems.Add(unknown.Column);
            return null;
        }
        if (!unknown.AreWords)
            return null;
        string? like = words.FirstOrDefault(other => other.Kind == unknown.Kind)?.Column;
        words.Add(unknown);
        return like;
    }

    /// <summary>The options, where several columns have the same words; null where there are none.</summary>
    /// <param name="identifier">A column of identifiers; null: none was found.</param>
    public string? Suggest(string? identifier)
    {
        UnknownAnswers[][] kinds = [.. words.GroupBy(unknown => unknown.Kind).Select(same => same.ToArray()).OrderByDescending(same => same.Length)];
        if (kinds.Length == 0 || kinds[0].Length < 2)
            return null;
        string[] leftOut = [.. noItems.Where(name => name != identifier), .. kinds.Where(same => same.Length == 1).Select(same => same[0].Column)];
        string[] suspects = [.. words.SelectMany(unknown => unknown.Suspects).Distinct()];
        string answers = string.Join(", ", kinds[0].SelectMany(unknown => unknown.Unknown.Concat(unknown.Known)).Select(answer => answer.Answer).DistinctBy(answer => answer.Folded).Select(answer => answer.Text).Except(suspects).Select(text => $"'{text}'"));
        return (identifier is null ? "" : $"--id {OptionText.Name(identifier)} ")
            + (leftOut.Length == 0 ? "" : $"--covariates {OptionText.List(leftOut)} ")
            + (suspects.Length == 0 ? "" : $"{UnknownAnswers.MissingOption(missingCodes, suspects)} ")
            + $"--codes with {answers} in their order, lowest first";
    }
}
