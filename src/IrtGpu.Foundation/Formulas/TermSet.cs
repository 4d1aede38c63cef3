using IrtGpu.Foundation.Formulas.Syntax;

namespace IrtGpu.Foundation.Formulas;

/// <summary>The terms of one side of a formula, expanded: products of variables, lower orders first.</summary>
/// <param name="HasIntercept">Whether there is a constant.</param>
/// <param name="Variables">What stands in the terms: columns and functions of them, in order of appearance.</param>
/// <param name="Terms">Positions of the variables of each term, ascending. [term][variable of the term]</param>
internal sealed record TermSet(bool HasIntercept, IReadOnlyList<Expression> Variables, IReadOnlyList<int[]> Terms)
{
    /// <summary>Whether the variable is coded by all its levels in a term, or by contrasts with the first one.</summary>
    /// <remarks>
    /// As R does it: contrasts where a term before this one holds the rest of the term; without a constant the first factor of all has
    /// all its levels.
    /// </remarks>
    /// <param name="term">Position of the term.</param>
    /// <param name="variable">Position of the variable.</param>
    /// <param name="isFactor">Whether a variable is a factor. [variable]</param>
    public bool HasAllLevels(int term, int variable, IReadOnlyList<bool> isFactor)
    {
        int[] rest = [.. Terms[term].Where(other => other != variable)];
        if (!HasIntercept && IsFirstFactor(term, variable, isFactor))
            return true;
        return rest.Length > 0 && !Terms.Take(term).Any(earlier => rest.All(earlier.Contains));
    }

    private bool IsFirstFactor(int term, int variable, IReadOnlyList<bool> isFactor)
    {
        for (int earlier = 0; earlier <= term; earlier++)
        {
            foreach (int candidate in Terms[earlier].Where(candidate => isFactor[candidate]))
                return earlier == term && candidate == variable;
        }
        return false;
    }
}
