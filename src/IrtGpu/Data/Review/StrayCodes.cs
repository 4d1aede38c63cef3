using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Codes that lie far from the others of their items: −99, 9 or 999 for missing, 11 for 1.</summary>
internal static class StrayCodes
{
    private const int FewCodes = 10; // of more, some are far from their neighbours by chance
    private const double RareShare = 0.005;
    private const int LowestOfScales = -10;
    private const int HighestOfScales = 100;

    /// <summary>The codes of an item that lie far from the others, ascending.</summary>
    public static int[] In(CodedItem item)
    {
        int[] codes = item.Codes;
        if (item.Meaning.IsDeclared || codes.Length < 2)
            return [];
        int low = 0; // codes below that are stray
        for (int k = 1; k < codes.Length && codes[k - 1] < 0; k++)
        {
            if (IsFar(codes[k] - codes[k - 1], codes[k..], orAtTwice: codes.Length - k > 1 && codes[k] > 0))
                low = k;
        }
        int high = codes.Length; // codes from there on are stray
        for (int k = codes.Length - 1; k > low && codes[k] > 0; k--)
        {
            if (IsFar(codes[k] - codes[k - 1], codes[low..k], orAtTwice: codes[k..].All(AnswerText.MeansMissing)))
                high = k;
        }
        return [.. codes[..low], .. codes[high..]];
    }

    /// <summary>Tells of them, once a code: a negative one is an error, as no scale goes on so.</summary>
    public static void Report(IReadOnlyList<CodedItem> items, IReadOnlyList<string> missingCodes, string path, ProblemLog problems, List<DataProblem> warnings)
    {
        if (items.All(item => In(item).Length == 0))
            return;
        var strays = items.SelectMany(item => In(item).Select(code => new Stray(item, code))).Where(stray => stray.IsTold).ToList();
        if (strays.Count == 0)
            return;
        string option = UnknownAnswers.MissingOption(missingCodes, strays.Where(stray => AnswerText.MeansMissing(stray.Code)).Select(stray => stray.Code)
            .Distinct().Order().Select(code => code.ToString(CultureInfo.InvariantCulture)));
        foreach (IGrouping<int, Stray> code in strays.GroupBy(stray => stray.Code).OrderBy(group => group.Key))
        {
            string[] names = [.. code.Select(stray => stray.Item.Name)];
            long count = code.Sum(stray => stray.Count);
            double share = 100.0 * count / code.Sum(stray => stray.Answered);
            string seen = string.Create(CultureInfo.InvariantCulture,
                $"The code {code.Key} was given {(count == 1 ? "once" : $"{count} times")} ({share:0.#} in 100 answers) in {names.Length} item(s) ({CodeLists.Show(names)}), far from their other codes. ");
            string declare = "If it is a category, declare all codes of the item(s) with --codes.";
            DataProblem problem = new(
                AnswerText.MeansMissing(code.Key)
                    ? $"{seen}It looks like a code for missing: {option} says so. {declare}"
                    : $"{seen}It may be a slip: correct it, or list it in --missing. {declare}",
                path, code.Min(stray => stray.Line), names.Length == 1 ? names[0] : null);
            if (code.Key < 0)
                problems.Add(problem);
            else
                warnings.Add(problem);
        }
    }

    private static bool IsFar(int gap, int[] others, bool orAtTwice)
    {
        if (others[0] < LowestOfScales || others[^1] > HighestOfScales)
            return false;
        int widest = 1;
        for (int k = 1; k < others.Length; k++)
            widest = Math.Max(widest, others[k] - others[k - 1]);
        return gap > 2L * widest || orAtTwice && others.Length <= FewCodes && gap == 2L * widest;
    }

    private sealed record Stray(CodedItem Item, int Code)
    {
        private readonly Answer[] answers = [.. Item.Seen.Where(answer => answer.Number == Code)];

        public long Count => answers.Sum(Item.CountOf);

        public long Answered => Item.Seen.Sum(Item.CountOf);

        public long Line => answers.Min(answer => answer.FirstLine);

        public bool IsTold => AnswerText.MeansMissing(Code) || Item.Codes.Length <= FewCodes && Count <= Math.Max(1, RareShare * Answered);
    }
}
