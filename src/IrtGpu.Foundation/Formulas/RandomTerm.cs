using IrtGpu.Foundation.Formulas.Syntax;

namespace IrtGpu.Foundation.Formulas;

/// <summary>A term with a bar: effects that vary over the levels of a grouping factor.</summary>
/// <param name="Effects">What stands before the bar.</param>
/// <param name="Factors">Columns whose combination is the grouping factor, in the order of its name.</param>
/// <param name="IsCorrelated">False where each effect has a variance of its own and no correlations (<c>||</c>).</param>
/// <param name="Position">0-based character of the formula at which the term stands.</param>
internal sealed record RandomTerm(TermSet Effects, IReadOnlyList<Expression> Factors, bool IsCorrelated, int Position)
{
    /// <summary>Name of the grouping factor, for example <c>class</c> or <c>class:school</c>.</summary>
    public string Group => string.Join(':', Factors);
}
