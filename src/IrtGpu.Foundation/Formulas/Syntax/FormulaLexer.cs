using System.Globalization;

namespace IrtGpu.Foundation.Formulas.Syntax;

/// <summary>Kinds of words in a formula.</summary>
internal enum TokenKind
{
    Number,
    Name,
    Symbol,
    End,
}

/// <summary>A word of a formula.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word; a name without its backquotes.</param>
/// <param name="Position">0-based character at which it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position);

/// <summary>Cuts a formula into words.</summary>
internal static class FormulaLexer
{
    private static readonly string[] Symbols = ["||", "%in%", "~", "+", "-", "*", "/", "^", ":", "|", "(", ")", ",", "="];

    /// <exception cref="FormulaException">A character does not belong into a formula.</exception>
    public static IReadOnlyList<Token> Read(string formula)
    {
        List<Token> tokens = [];
        int position = 0;
        while (true)
        {
            while (position < formula.Length && char.IsWhiteSpace(formula[position]))
                position++;
            if (position == formula.Length)
            {
                tokens.Add(new Token(TokenKind.End, "", position));
                return tokens;
            }
            Token token = Next(formula, position, out position);
            tokens.Add(token);
        }
    }

    private static Token Next(string formula, int start, out int end)
    {
        char first = formula[start];
        if (first == '`')
        {
            int closing = formula.IndexOf('`', start + 1);
            if (closing < 0)
                throw new FormulaException(formula, start, "This backquote has no partner. A name with blanks or signs in it stands between two: `reaction time`.");
            end = closing + 1;
            return new Token(TokenKind.Name, formula[(start + 1)..closing], start);
        }
        if (char.IsDigit(first) || (first == '.' && start + 1 < formula.Length && char.IsDigit(formula[start + 1])))
        {
            end = EndOfNumber(formula, start);
            string text = formula[start..end];
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                throw new FormulaException(formula, start, $"'{text}' is not a number. A column whose name begins with a digit stands between backquotes: `{text}`.");
            return new Token(TokenKind.Number, text, start);
        }
        if (char.IsLetter(first) || first is '_' or '.')
        {
            end = start;
            while (end < formula.Length && (char.IsLetterOrDigit(formula[end]) || formula[end] is '_' or '.'))
                end++;
            return new Token(TokenKind.Name, formula[start..end], start);
        }
        foreach (string symbol in Symbols)
        {
            if (formula.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
            {
                end = start + symbol.Length;
                return new Token(TokenKind.Symbol, symbol, start);
            }
        }
        throw new FormulaException(formula, start, $"The sign '{first}' means nothing in a formula. It takes names, numbers and ~ + - * / : ^ | || ( ); names with other signs stand between backquotes.");
    }

    private static int EndOfNumber(string formula, int start)
    {
        int end = start;
        while (end < formula.Length && (char.IsLetterOrDigit(formula[end]) || formula[end] is '.' or '_'
            || (formula[end] is '+' or '-' && formula[end - 1] is 'e' or 'E' && end > start && char.IsDigit(formula[start]) && end + 1 < formula.Length && char.IsDigit(formula[end + 1]))))
        {
            end++;
        }
        return end;
    }
}
