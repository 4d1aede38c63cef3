using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Tells what is wrong with the answers of a column, once a column.</summary>
internal static class CodingReview
{
    /// <summary>Answers that stand for nothing, too many answers, none, or one.</summary>
    /// <param name="item">The item.</param>
    /// <param name="list">Its answers.</param>
    /// <param name="isOfFit">Whether a finished fit says what answers there are.</param>
    /// <param name="knownCount">Number of categories that the item has in an earlier fit; null: it is in none.</param>
    /// <param name="missingCodes">Texts that mean missing.</param>
    /// <param name="path">The data.</param>
    /// <param name="next">Gathers what may be typed next.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static void Report(CodedItem item, AnswerList list, bool isOfFit, int? knownCount, IReadOnlyList<string> missingCodes, string path, NextOptions next, ProblemLog problems)
    {
        bool isOverfull = list.OverflowCount > 0 && list.Other is null;
        if (item.Unknown.Any())
        {
            UnknownAnswers told = new(item.Name, Count(item, item.Unknown), Count(item, item.Seen.Except(item.Unknown)), isOverfull ? list.OverflowCount : 0, missingCodes);
            problems.Add(new DataProblem(item.Meaning.Explain(told with { LikeColumn = next.Take(told) }), path, told.FirstLine, item.Name));
        }
        else if (isOverfull)
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"The item has more than {AnswerList.Most} different codes, from {list.Extent.Lowest} to {list.Extent.Highest}. ") +
                $"It is probably no item (an id, a time, a sum): leave it out with --id {OptionText.Name(item.Name)}, --covariates or --items, or recode it.", path, null, item.Name));
        }
        else if (!list.IsUnsound && !isOfFit)
        {
            ReportConstant(item, knownCount, path, problems);
        }
    }

    private static (Answer, long)[] Count(CodedItem item, IEnumerable<Answer> answers) =>
    [
        .. answers.GroupBy(answer => answer.Folded).Select(spellings => (spellings.MaxBy(item.CountOf)! with { FirstLine = spellings.Min(answer => answer.FirstLine) }, spellings.Sum(item.CountOf)))
            .OrderByDescending(answer => answer.Item2),
    ];

    private static void ReportConstant(CodedItem item, int? knownCount, string path, ProblemLog problems)
    {
        if (item.Seen.Count == 0 && item.BlankCount == 0)
        {
            problems.Add(new DataProblem("Nobody answered the item: every field is blank or a missing code. Leave it out with --items, or check --missing.", path, null, item.Name));
        }
        else if (item.Codes.Length == 1 && knownCount is { } count)
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"Every response to the item is {item.Codes[0]}, one category, where its anchors have {count}, so it is not known which of these it is. ") +
                $"Declare its codes, lowest first (--codes '{OptionText.Name(item.Name)}=…'), or give the calibration.json of the earlier run as --anchors, which knows them.", path, null, item.Name));
        }
        else if (item.Codes.Length == 1)
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"The item is constant: every response is {item.Codes[0]}, so it tells persons apart in nothing and has no estimates. ") +
                "Leave it out with --items, check its codes, its key and --missing, or declare the codes that nobody gave with --codes.", path, null, item.Name));
        }
    }
}
