namespace IrtGpu.Foundation.Formulas.Syntax;

/// <summary>Makes the syntax tree of a formula, with R's order of operators: | and || last, then + −, * /, %in%, the colon, signs, ^ first.</summary>
internal sealed class FormulaParser
{
    private static readonly string[][] BinaryLevels = [["|", "||"], ["+", "-"], ["*", "/"], ["%in%"], [":"]];

    private readonly string formula;
    private readonly IReadOnlyList<Token> tokens;
    private int next;

    private FormulaParser(string formula)
    {
        this.formula = formula;
        tokens = FormulaLexer.Read(formula);
    }

    private Token Current => tokens[next];

    /// <summary>Reads <c>response ~ terms</c> or <c>~ terms</c>.</summary>
    /// <exception cref="FormulaException">It is no formula.</exception>
    public static (Expression? Response, Expression Terms) Parse(string formula)
    {
        FormulaParser parser = new(formula);
        if (parser.Current.Kind == TokenKind.End)
            throw new FormulaException(formula, 0, "The formula is empty. Write a response, a tilde and terms: y ~ x + (1 | group).");
        Expression? response = parser.IsSymbol("~") ? null : parser.ReadBinary(0);
        if (!parser.IsSymbol("~"))
        {
            parser.RequireNoStray();
            throw new FormulaException(formula, parser.Current.Position, "The formula has no tilde. Write a response, a tilde and terms: y ~ x + (1 | group).");
        }
        parser.next++;
        Expression terms = parser.ReadBinary(0);
        if (parser.IsSymbol("~"))
            throw new FormulaException(formula, parser.Current.Position, "The formula has a second tilde. One stands between the response and the terms.");
        parser.RequireNoStray();
        if (parser.Current.Kind != TokenKind.End)
            throw new FormulaException(formula, parser.Current.Position, $"Before '{parser.Current.Text}' an operator is missing, such as + or :.");
        return (response, terms);
    }

    private void RequireNoStray()
    {
        if (IsSymbol(")"))
            throw new FormulaException(formula, Current.Position, "This closing parenthesis has no partner. Remove it, or open one before.");
        if (IsSymbol(",") || IsSymbol("="))
            throw new FormulaException(formula, Current.Position, $"'{Current.Text}' belongs between the arguments of a function only.");
    }

    private bool IsSymbol(string text) => Current.Kind == TokenKind.Symbol && Current.Text == text;

    private Expression ReadBinary(int level)
    {
        if (level == BinaryLevels.Length)
            return ReadSigned();
        Expression left = ReadBinary(level + 1);
        while (Current.Kind == TokenKind.Symbol && BinaryLevels[level].Contains(Current.Text))
        {
            Token symbol = tokens[next++];
            left = new Expression(ExpressionKind.Binary, symbol.Text, [left, ReadBinary(level + 1)], symbol.Position);
        }
        return left;
    }

    private Expression ReadSigned()
    {
        if (IsSymbol("-") || IsSymbol("+"))
        {
            Token sign = tokens[next++];
            return new Expression(ExpressionKind.Unary, sign.Text, [ReadSigned()], sign.Position);
        }
        Expression operand = ReadPrimary();
        if (!IsSymbol("^"))
            return operand;
        Token symbol = tokens[next++];
        return new Expression(ExpressionKind.Binary, symbol.Text, [operand, ReadSigned()], symbol.Position);
    }

    private Expression ReadPrimary()
    {
        Token token = tokens[next];
        switch (token.Kind)
        {
            case TokenKind.Number:
                next++;
                return new Expression(ExpressionKind.Number, token.Text, [], token.Position);
            case TokenKind.Name:
                next++;
                return IsSymbol("(") ? ReadCall(token) : new Expression(ExpressionKind.Name, token.Text, [], token.Position);
            case TokenKind.Symbol when token.Text == "(":
                next++;
                Expression inner = ReadBinary(0);
                Close(token.Position);
                return new Expression(ExpressionKind.Parentheses, "(", [inner], token.Position);
            case TokenKind.End:
                throw new FormulaException(formula, token.Position, "The formula ends where a term is expected.");
            default:
                throw new FormulaException(formula, token.Position, $"A term is expected where '{token.Text}' stands.");
        }
    }

    private Expression ReadCall(Token function)
    {
        int open = tokens[next++].Position;
        List<Expression> arguments = [];
        while (!IsSymbol(")"))
        {
            if (arguments.Count > 0)
            {
                if (!IsSymbol(","))
                    break;
                next++;
            }
            if (Current.Kind == TokenKind.Name && tokens[next + 1] is { Kind: TokenKind.Symbol, Text: "=" })
            {
                Token name = tokens[next];
                next += 2;
                arguments.Add(new Expression(ExpressionKind.NamedArgument, name.Text, [ReadBinary(0)], name.Position));
            }
            else
            {
                arguments.Add(ReadBinary(0));
            }
        }
        Close(open);
        return new Expression(ExpressionKind.Call, function.Text, arguments, function.Position);
    }

    private void Close(int open)
    {
        if (!IsSymbol(")"))
        {
            throw new FormulaException(formula, open, Current.Kind == TokenKind.End
                ? "This parenthesis is not closed. Add ')' where the term ends."
                : $"This parenthesis is not closed before '{Current.Text}'. Add ')' or an operator.");
        }
        next++;
    }
}
