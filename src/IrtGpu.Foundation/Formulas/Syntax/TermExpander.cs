namespace IrtGpu.Foundation.Formulas.Syntax;

/// <summary>Expands + − : * / ^ %in% into products of variables, as Wilkinson and Rogers (1973) and R do.</summary>
internal sealed class TermExpander(string formula)
{
    private const int MostTerms = 4096;

    private readonly List<Expression> variables = [];
    private readonly List<string> texts = [];

    /// <summary>Expands one side of a formula.</summary>
    /// <param name="expression">The side; null: nothing but the constant.</param>
    /// <exception cref="FormulaException">An operator stands where it means nothing.</exception>
    public TermSet Expand(Expression? expression)
    {
        bool intercept = true;
        List<int[]> terms = [];
        if (expression is not null)
            Add(expression, terms, ref intercept);
        return new TermSet(intercept, variables, [.. terms.OrderBy(term => term.Length)]);
    }

    /// <summary>Adds summands; numbers 0 and 1 and what is subtracted act on what stands before.</summary>
    private void Add(Expression expression, List<int[]> terms, ref bool intercept)
    {
        if (expression.Kind == ExpressionKind.Parentheses)
        {
            Add(expression.Operands[0], terms, ref intercept);
        }
        else if (expression.IsBinary("+"))
        {
            Add(expression.Operands[0], terms, ref intercept);
            Add(expression.Operands[1], terms, ref intercept);
        }
        else if (expression.IsBinary("-"))
        {
            Add(expression.Operands[0], terms, ref intercept);
            Remove(expression.Operands[1], terms, ref intercept);
        }
        else if (expression.Kind == ExpressionKind.Unary)
        {
            if (expression.Text == "-")
                Remove(expression.Operands[0], terms, ref intercept);
            else
                Add(expression.Operands[0], terms, ref intercept);
        }
        else if (expression.Kind == ExpressionKind.Number)
        {
            intercept = RequireZeroOrOne(expression);
        }
        else
        {
            foreach (int[] term in Products(expression))
                Include(terms, term, expression);
        }
    }

    private void Remove(Expression expression, List<int[]> terms, ref bool intercept)
    {
        if (expression.Inner.Kind == ExpressionKind.Number)
        {
            intercept = !RequireZeroOrOne(expression.Inner);
            return;
        }
        foreach (int[] term in Products(expression))
            terms.RemoveAll(other => other.AsSpan().SequenceEqual(term));
    }

    private bool RequireZeroOrOne(Expression number) => number.Value switch
    {
        1 => true,
        0 => false,
        _ => throw new FormulaException(formula, number.Position,
            $"The number {number.Text} is no term: 1 stands for the constant and 0 for none. A column of that name stands between backquotes (`{number.Text}`), arithmetic in I()."),
    };

    private List<int[]> Products(Expression expression)
    {
        List<int[]> products = [];
        switch (expression.Kind)
        {
            case ExpressionKind.Name or ExpressionKind.Call:
                return [[Variable(expression)]];
            case ExpressionKind.Parentheses:
                return Products(expression.Operands[0]);
            case ExpressionKind.Number:
                throw new FormulaException(formula, expression.Position, $"The number {expression.Text} cannot be part of a product. Arithmetic stands in I(), for example I({expression.Text} * x).");
            case ExpressionKind.Binary when expression.Text is ":" or "%in%":
                Cross(Products(expression.Operands[0]), Products(expression.Operands[1]), products, expression);
                return products;
            case ExpressionKind.Binary when expression.Text == "*":
                List<int[]> left = Products(expression.Operands[0]);
                List<int[]> right = Products(expression.Operands[1]);
                foreach (int[] term in left.Concat(right))
                    Include(products, term, expression);
                Cross(left, right, products, expression);
                return products;
            case ExpressionKind.Binary when expression.Text == "/":
                List<int[]> outer = Products(expression.Operands[0]);
                foreach (int[] term in outer)
                    Include(products, term, expression);
                Cross([[.. outer.SelectMany(term => term).Distinct().Order()]], Products(expression.Operands[1]), products, expression);
                return products;
            case ExpressionKind.Binary when expression.Text == "^":
                return Power(expression);
            case ExpressionKind.Binary when expression.Text is "+" or "-":
                bool intercept = false;
                Add(expression, products, ref intercept);
                return intercept
                    ? throw new FormulaException(formula, expression.Position, "A constant cannot be part of a product. Write the terms out: b + a:b in place of (1 + a):b.")
                    : products;
            default:
                throw new FormulaException(formula, expression.Position, $"'{expression.Text}' cannot stand here. A term with a bar stands in parentheses of its own, as in y ~ x + (1 + x | group).");
        }
    }

    private List<int[]> Power(Expression expression)
    {
        Expression exponent = expression.Operands[1].Inner;
        if (exponent.Kind != ExpressionKind.Number || exponent.Value < 1 || exponent.Value > 64 || exponent.Value != Math.Floor(exponent.Value))
            throw new FormulaException(formula, exponent.Position, "Outside I() the sign ^ makes interactions up to an order, which is a whole number: (a + b + c)^2. A power of a number is I(x^2).");
        List<int[]> terms = Products(expression.Operands[0]);
        List<int[]> products = [.. terms];
        for (int order = 1; order < exponent.Value; order++)
            Cross([.. products], terms, products, expression);
        return products;
    }

    private void Cross(List<int[]> left, List<int[]> right, List<int[]> products, Expression place)
    {
        foreach (int[] first in left)
        {
            foreach (int[] second in right)
                Include(products, [.. first.Union(second).Order()], place);
        }
    }

    private void Include(List<int[]> terms, int[] term, Expression place)
    {
        if (terms.Exists(other => other.AsSpan().SequenceEqual(term)))
            return;
        if (terms.Count == MostTerms)
            throw new FormulaException(formula, place.Position, $"This expands into more than {MostTerms} terms. Name the interactions that are wanted.");
        terms.Add(term);
    }

    private int Variable(Expression expression)
    {
        string text = expression.ToString();
        int known = texts.IndexOf(text);
        if (known >= 0)
            return known;
        variables.Add(expression);
        texts.Add(text);
        return variables.Count - 1;
    }
}
