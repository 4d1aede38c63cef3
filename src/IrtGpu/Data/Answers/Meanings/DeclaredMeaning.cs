using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers.Meanings;

/// <summary>The answers there may be, and their order, are known before the data.</summary>
internal sealed class DeclaredMeaning : AnswerMeaning
{
    private const int ShownCodes = 12;

    private readonly int[] codes;
    private readonly bool isOfFit;
    private readonly Dictionary<string, int> codeOfAnswer = new(StringComparer.Ordinal);

    /// <param name="codes">Codes, ascending. [category]</param>
    /// <param name="texts">What stands for them; null: the codes themselves. [category][text]</param>
    /// <param name="isOfFit">Whether a finished fit declares them, and not the user.</param>
    public DeclaredMeaning(int[] codes, string[][]? texts, bool isOfFit)
    {
        this.codes = codes;
        this.isOfFit = isOfFit;
        Texts = texts;
        for (int category = 0; category < codes.Length; category++)
        {
            foreach (string text in texts?[category] ?? [AnswerText.Comparable(codes[category])])
                codeOfAnswer.TryAdd(AnswerText.Comparable(text), codes[category]);
        }
        HasWords = texts?.SelectMany(own => own).Any(text => WholeNumber.Parse(text, out _) != NumberForm.Whole) ?? false;
    }

    public override string[][]? Texts { get; }

    public override IEnumerable<string> Answers => Texts?.SelectMany(texts => texts) ?? codes.Select(AnswerText.Comparable);

    public override bool IsDeclared => true;

    /// <summary>Whether some of the declared answers are no numbers.</summary>
    public bool HasWords { get; }

    public override int[] Codes(IReadOnlyList<Answer> seen) => codes;

    public override int? CodeOf(Answer answer) => codeOfAnswer.TryGetValue(answer.Comparable, out int code) ? code : null;

    public override string Explain(UnknownAnswers unknown)
    {
        string known = string.Join(", ", codes.Take(ShownCodes).Select((_, category) => new ItemAnswers(Texts).TextOf(category, codes))) + (codes.Length > ShownCodes ? ", …" : "");
        return isOfFit
            ? $"{unknown.Say($"unknown to the fit, which has {known}", $"unknown to the fit, which has {known}")}.{unknown.SuggestMissing()} "
                + "Correct them, or list them in --missing if they mean missing."
            : $"{unknown.Say($"none of those declared, {known}", $"none of those declared, {known}")}.{unknown.SuggestMissing()} "
                + $"Declare all answers of the column (--codes '{OptionText.Name(unknown.Column)}=…'), list those in --missing that mean missing, or leave the column out with --covariates {OptionText.Name(unknown.Column)}.";
    }
}
