using IrtGpu.Foundation.Formulas.Syntax;

namespace IrtGpu.Foundation.Formulas;

/// <summary>A model formula: response, fixed terms, terms with a bar, offsets.</summary>
/// <remarks>
/// <c>y ~ 1 + x + f + x:f + a*b + I(x^2) + log(x) + poly(x, 2) + offset(z) + (1 + x | g) + (x || g) + (1 | a/b)</c>.
/// Wilkinson &amp; Rogers (1973), Applied Statistics 22, 392–399, as R reads it; bars as in Bates et al. (2015), J. Stat. Softw. 67(1).
/// </remarks>
internal sealed class Formula
{
    private Formula(string text, Expression? response, TermSet fixedTerms, IReadOnlyList<RandomTerm> random, IReadOnlyList<Expression> offsets)
    {
        Text = text;
        Response = response;
        Fixed = fixedTerms;
        Random = random;
        Offsets = offsets;
    }

    /// <summary>The formula as given.</summary>
    public string Text { get; }

    /// <summary>What stands before the tilde; null where nothing does.</summary>
    public Expression? Response { get; }

    /// <summary>Terms without a bar.</summary>
    public TermSet Fixed { get; }

    /// <summary>Terms with a bar; nested grouping factors (<c>a/b</c>) as one term each.</summary>
    public IReadOnlyList<RandomTerm> Random { get; }

    /// <summary>Arguments of <c>offset()</c>.</summary>
    public IReadOnlyList<Expression> Offsets { get; }

    /// <summary>The columns that it needs, each once, where it first stands.</summary>
    public IReadOnlyList<Expression> Columns =>
    [
        .. new[] { Response }.OfType<Expression>().Concat(PredictorParts).SelectMany(part => part.Names()).DistinctBy(name => name.Text, StringComparer.Ordinal),
    ];

    /// <summary>The columns that stand behind the tilde, each once.</summary>
    public IReadOnlyList<Expression> PredictorColumns => [.. PredictorParts.SelectMany(part => part.Names()).DistinctBy(name => name.Text, StringComparer.Ordinal)];

    private IEnumerable<Expression> PredictorParts =>
        Fixed.Variables.Concat(Offsets).Concat(Random.SelectMany(term => term.Effects.Variables.Concat(term.Factors)));

    /// <summary>Reads a formula.</summary>
    /// <exception cref="FormulaException">It is no formula; the message shows the place.</exception>
    public static Formula Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (Expression? response, Expression terms) = FormulaParser.Parse(text);
        List<Expression> bars = [];
        List<Expression> offsets = [];
        Expression? rest = Split(text, terms, bars, offsets);
        TermSet fixedTerms = new TermExpander(text).Expand(rest);
        return new Formula(text, response, fixedTerms, [.. bars.SelectMany(bar => ReadBar(text, bar))], offsets);
    }

    /// <summary>Takes the bars and offsets out of a sum; what is left, or null where nothing is.</summary>
    private static Expression? Split(string text, Expression expression, List<Expression> bars, List<Expression> offsets)
    {
        if (expression.IsBinary("|") || expression.IsBinary("||"))
            throw new FormulaException(text, expression.Position, "A term with a bar stands in parentheses, as in y ~ x + (1 + x | group).");
        if (expression.Kind == ExpressionKind.Parentheses && (expression.Inner.IsBinary("|") || expression.Inner.IsBinary("||")))
        {
            bars.Add(expression.Inner);
            return null;
        }
        if (expression.IsCall("offset"))
        {
            if (expression.Operands.Count != 1)
                throw new FormulaException(text, expression.Position, "offset() takes one argument, for example offset(log(exposure)).");
            offsets.Add(expression.Operands[0]);
            return null;
        }
        if (!expression.IsBinary("+") && !expression.IsBinary("-"))
            return expression;
        int bar = bars.Count;
        int offset = offsets.Count;
        Expression? left = Split(text, expression.Operands[0], bars, offsets);
        if (expression.Text == "-")
        {
            bar = bars.Count;
            offset = offsets.Count;
        }
        Expression? right = Split(text, expression.Operands[1], bars, offsets);
        if (expression.Text == "-" && (bars.Count > bar || offsets.Count > offset))
            throw new FormulaException(text, expression.Position, "A term with a bar or an offset cannot be subtracted. Leave it out.");
        return (left, right) switch
        {
            (null, null) => null,
            (null, { } only) => expression.Text == "-" ? new Expression(ExpressionKind.Unary, "-", [only], expression.Position) : only,
            ({ } only, null) => only,
            ({ } first, { } second) => expression with { Operands = [first, second] },
        };
    }

    private static IEnumerable<RandomTerm> ReadBar(string text, Expression bar)
    {
        if (bar.Operands[0].IsBinary("|") || bar.Operands[0].IsBinary("||"))
            throw new FormulaException(text, bar.Position, "A term has one bar. Write a second term in parentheses of its own.");
        TermSet effects = new TermExpander(text).Expand(bar.Operands[0]);
        if (!effects.HasIntercept && effects.Terms.Count == 0)
            throw new FormulaException(text, bar.Position, "Nothing varies over the levels here. Write (1 | group) for an intercept or (0 + x | group) for a slope.");
        foreach (IReadOnlyList<Expression> factors in Groupings(text, bar.Operands[1]))
            yield return new RandomTerm(effects, factors, bar.Text == "|", bar.Position);
    }

    /// <summary>The grouping factors of what stands behind a bar: <c>a/b</c> is a, and b within a.</summary>
    private static List<IReadOnlyList<Expression>> Groupings(string text, Expression group)
    {
        if (group.Kind == ExpressionKind.Parentheses)
            return Groupings(text, group.Operands[0]);
        if (group.Kind == ExpressionKind.Name || group.IsCall("factor"))
            return [[group]];
        if (group.Kind == ExpressionKind.Number)
        {
            throw new FormulaException(text, group.Position,
                $"The number {group.Text} groups nothing. Behind the bar stands the name of a column; one that is named {group.Text} stands between backquotes: `{group.Text}`.");
        }
        if (group.IsBinary("+"))
            throw new FormulaException(text, group.Position, "Several grouping factors stand in terms of their own: (1 | a) + (1 | b). Combinations of levels are (1 | a:b).");
        if (!group.IsBinary(":") && !group.IsBinary("/"))
            throw new FormulaException(text, group.Position, "Behind the bar stands a grouping factor: a column, a:b for combinations of levels, or a/b for b nested in a.");
        List<IReadOnlyList<Expression>> left = Groupings(text, group.Operands[0]);
        List<IReadOnlyList<Expression>> right = Groupings(text, group.Operands[1]);
        if (group.Text == ":")
            return [[.. left[^1], .. right[0]]];
        // As lme4 names it: the inner factor first.
        return [.. left, .. right.Select(inner => (IReadOnlyList<Expression>)[.. inner, .. left[^1]])];
    }
}
