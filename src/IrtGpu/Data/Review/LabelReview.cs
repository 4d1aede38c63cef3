using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Review;

/// <summary>Groups and known classes whose names look like codes for missing.</summary>
internal static class LabelReview
{
    /// <summary>Warns of such names, and of names that differ in case or blanks only.</summary>
    /// <param name="labels">The column.</param>
    /// <param name="kind">What a level is: "group", "class".</param>
    /// <param name="column">Name of the column.</param>
    /// <param name="missingCodes">Texts that mean missing.</param>
    /// <param name="path">The data.</param>
    /// <param name="warnings">Receives a sentence.</param>
    public static void Report(Categories labels, string kind, string column, IReadOnlyList<string> missingCodes, string path, List<DataProblem> warnings)
    {
        string[] alike = [.. labels.Levels.GroupBy(level => AnswerText.Fold(level)).Where(same => same.Skip(1).Any()).Select(same => string.Join(" and ", same.Select(level => SeenText.Show(level))))];
        if (alike.Length > 0)
        {
            warnings.Add(new DataProblem(
                $"{string.Join("; ", alike)} differ in case or blanks only, but each is a {kind} of its own. Write them alike if they are one.", path, null, column));
        }
        int?[] numbers = [.. labels.Levels.Select(level => WholeNumber.Parse(level, out int number) == NumberForm.Whole ? number : (int?)null)];
        bool IsSuspect(int level) => numbers[level] is { } number
            ? AnswerText.MeansMissing(number) && !numbers.Contains(number - 1) && !numbers.Contains(number + 1)
            : AnswerText.MeansMissing(AnswerText.Fold(labels.Levels[level]));
        int[] suspects = [.. Enumerable.Range(0, labels.Levels.Length).Where(IsSuspect)];
        if (suspects.Length == 0)
            return;
        string list = string.Join(", ", suspects.Select(level => string.Create(CultureInfo.InvariantCulture,
            $"{SeenText.Show(labels.Levels[level])} ({labels.Level.Count(own => own == level)} rows)")));
        warnings.Add(new DataProblem(
            $"The {kind} {list} looks like a code for missing but is taken as a {kind} of its own. {UnknownAnswers.MissingOption(missingCodes, suspects.Select(level => labels.Levels[level]))} says that it means missing.",
            path, null, column));
    }
}
