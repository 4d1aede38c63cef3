namespace IrtGpu.Data.Answers.Meanings;

/// <summary>What the answers to one item stand for.</summary>
internal abstract class AnswerMeaning
{
    /// <summary>What stands for the categories beside their codes; null: nothing. [category][text]</summary>
    public virtual string[][]? Texts => null;

    /// <summary>The answers that are given before the data; empty: they are seen there.</summary>
    public virtual IEnumerable<string> Answers => [];

    /// <summary>Whether the categories are the same whatever the data hold.</summary>
    public abstract bool IsDeclared { get; }

    /// <summary>Decides what depends on the answers that there are.</summary>
    /// <param name="seen">The answers in the data, those that mean missing left out.</param>
    public virtual void Settle(IReadOnlyList<Answer> seen)
    {
    }

    /// <summary>Codes of the categories, ascending.</summary>
    /// <param name="seen">The answers in the data, those that mean missing left out.</param>
    public abstract int[] Codes(IReadOnlyList<Answer> seen);

    /// <summary>The code that an answer stands for; null: none.</summary>
    public abstract int? CodeOf(Answer answer);

    /// <summary>The code that a blank stands for where it is wrong: that of the lowest category.</summary>
    /// <param name="codes">Codes of the answers that are not blank.</param>
    public virtual int CodeOfBlank(int[] codes) => codes[0];

    /// <summary>What is wrong with answers that stand for nothing, and what to do.</summary>
    public abstract string Explain(UnknownAnswers unknown);
}
