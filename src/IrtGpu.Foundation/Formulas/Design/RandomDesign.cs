using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Syntax;
using IrtGpu.Foundation.Tables;

namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>A random-effect term in the rows of the data: columns whose effects vary over the levels of a factor.</summary>
/// <param name="Group">Name of the grouping factor.</param>
/// <param name="Effects">Columns before the bar.</param>
/// <param name="Levels">The grouping factor.</param>
/// <param name="Position">Place of the term in the formula.</param>
internal sealed record RandomDesign(string Group, DesignMatrix Effects, Categories Levels, int Position)
{
    /// <summary>Effects a level.</summary>
    public int Width => Effects.Names.Length;

    /// <summary>Makes the terms; an uncorrelated one (<c>||</c>) becomes one for each of its summands.</summary>
    public static IReadOnlyList<RandomDesign> Build(IReadOnlyList<RandomTerm> terms, VariableReader variables)
    {
        Dictionary<string, Categories> factors = new(StringComparer.Ordinal);
        List<RandomDesign> designs = [];
        foreach (RandomTerm term in terms)
        {
            if (!factors.TryGetValue(term.Group, out Categories? levels))
                factors.Add(term.Group, levels = Combine([.. term.Factors.Select(factor => Column(factor, variables.Rows))]));
            foreach (TermSet effects in term.IsCorrelated ? [term.Effects] : Summands(term.Effects))
                designs.Add(new RandomDesign(term.Group, DesignMatrix.Build(effects, variables), levels, term.Position));
        }
        return designs;
    }

    private static Categories Column(Expression factor, RowSelection rows) => rows.Categories(factor.Names().First().Text);

    private static IEnumerable<TermSet> Summands(TermSet effects)
    {
        if (effects.HasIntercept)
            yield return effects with { Terms = [] };
        foreach (int[] term in effects.Terms)
            yield return effects with { HasIntercept = false, Terms = [term] };
    }

    /// <summary>The combinations of levels that occur, sorted by the first factor, then the next.</summary>
    private static Categories Combine(Categories[] factors)
    {
        Categories combined = factors[0];
        foreach (Categories next in factors.AsSpan(1))
        {
            long width = next.Levels.Length;
            long[] codes = new long[combined.Level.Length];
            for (int row = 0; row < codes.Length; row++)
                codes[row] = combined.Level[row] * width + next.Level[row];
            long[] distinct = [.. codes.Distinct().Order()];
            Dictionary<long, int> positions = new(distinct.Length);
            for (int level = 0; level < distinct.Length; level++)
                positions.Add(distinct[level], level);
            string[] first = combined.Levels;
            combined = new Categories(Array.ConvertAll(distinct, code => $"{first[code / width]}:{next.Levels[code % width]}"), Array.ConvertAll(codes, code => positions[code]));
        }
        return combined;
    }
}
