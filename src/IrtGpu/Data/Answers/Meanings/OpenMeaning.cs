using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers.Meanings;

/// <summary>Whole numbers stand for themselves; which there are is seen in the data.</summary>
internal sealed class OpenMeaning : AnswerMeaning
{
    private const int FewTexts = 20; // more are no answers to choose from, where most differ

    public static OpenMeaning Instance { get; } = new();

    public override bool IsDeclared => false;

    public override int[] Codes(IReadOnlyList<Answer> seen) => [.. seen.Select(answer => answer.Number).OfType<int>().Distinct().Order()];

    public override int? CodeOf(Answer answer) => answer.Number;

    /// <summary>0 where that is a code, or where all answers are 1; else the lowest code.</summary>
    public override int CodeOfBlank(int[] codes) => codes is [] or [1] ? 0 : codes[0];

    public override string Explain(UnknownAnswers unknown)
    {
        string leaveOut = $"leave the column out with --covariates {OptionText.Name(unknown.Column)}";
        if (AreNoAnswers(unknown))
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The column holds {(unknown.Beyond > 0 ? "more than " : "")}{unknown.Unknown.Count} different texts in {unknown.Count + unknown.KnownCount} rows ({unknown.List(most: 2)}), so it is no item. ")
                + $"If it says who the persons are, use --id {OptionText.Name(unknown.Column)}; else {leaveOut}.";
        }
        if (unknown.Unknown.All(answer => answer.Answer.Form == NumberForm.TooLarge))
            return $"{unknown.Say("outside the range of 32-bit integers", "outside the range of 32-bit integers")}. Recode the column, or {leaveOut}.";
        if (unknown.Unknown.All(answer => DecimalComma.Parse(answer.Answer.Text) is not null))
            return $"{unknown.Say("a number with a decimal comma, and not whole", "numbers with a decimal comma, and not whole")}; categories are counted, not measured. Recode the column, or {leaveOut}.";
        if (unknown.Unknown.All(answer => answer.Answer.Form == NumberForm.Fraction))
            return $"{unknown.Say("not a whole number", "not whole numbers")}; categories are counted, not measured. Recode the column, or {leaveOut}.";
        if (!unknown.AreWords)
        {
            return $"{unknown.Say("not a number", "not numbers")}.{unknown.SuggestMissing()} {(unknown.Count == 1 ? "Correct it, list it in --missing if it means" : "Correct them, list them in --missing if they mean")} missing, "
                + $"score right answers with --key, or {leaveOut}.{HeaderHint(unknown)}";
        }
        if (unknown.LikeColumn is { } like)
            return $"{unknown.Say("a word", "words")}. They are those of '{like}', where it is said what to do (--codes).{unknown.SuggestMissing()}{HeaderHint(unknown)}";
        string[] numbers = [.. unknown.Known.Select(answer => answer.Answer.Text).Except(unknown.Suspects)];
        string beside = numbers.Length > 0 ? $" beside the numbers {string.Join(", ", numbers.Take(FewTexts))}" : "";
        return $"{unknown.Say("a word", "words")}{beside}. If people chose from them, say their order, lowest first: --codes \"lowest, …, highest\".{unknown.SuggestMissing()} "
            + $"Score right answers with --key; name groups with --group; or {leaveOut}.{HeaderHint(unknown)}";
    }

    /// <summary>Whether there are too many different texts for answers to choose from.</summary>
    public static bool AreNoAnswers(UnknownAnswers unknown) =>
        unknown.Beyond > 0 || unknown.Unknown.Count > FewTexts && unknown.Unknown.Count > unknown.Count / 2;

    /// <summary>A sentence on a row that repeats the header, where there is one.</summary>
    private static string HeaderHint(UnknownAnswers unknown)
    {
        string name = AnswerText.Fold(unknown.Column);
        return unknown.Unknown.Select(answer => answer.Answer).FirstOrDefault(answer => answer.Folded == name) is { } header
            ? string.Create(CultureInfo.InvariantCulture, $" Line {header.FirstLine} may repeat the header ({SeenText.Show(header.Text)}): delete it.")
            : "";
    }
}
