using System.Globalization;

namespace IrtGpu.Foundation.Formulas.Syntax;

/// <summary>What a node of a formula's syntax tree is.</summary>
internal enum ExpressionKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>The name of a column.</summary>
    Name,

    /// <summary>A function and its arguments; <see cref="Expression.Text"/> is the function.</summary>
    Call,

    /// <summary>An argument with a name, as <c>raw = TRUE</c>; <see cref="Expression.Text"/> is the name.</summary>
    NamedArgument,

    /// <summary>An operator with one operand.</summary>
    Unary,

    /// <summary>An operator with two operands.</summary>
    Binary,

    /// <summary>Something in parentheses.</summary>
    Parentheses,
}

/// <summary>A node of the syntax tree of a formula.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Name, operator, function, or the number as written.</param>
/// <param name="Operands">What it acts on.</param>
/// <param name="Position">0-based character of the formula at which it stands.</param>
internal sealed record Expression(ExpressionKind Kind, string Text, IReadOnlyList<Expression> Operands, int Position)
{
    /// <summary>The value of a number.</summary>
    public double Value => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Whether it is this operator with two operands.</summary>
    public bool IsBinary(string symbol) => Kind == ExpressionKind.Binary && Text == symbol;

    /// <summary>Whether it is a call of this function.</summary>
    public bool IsCall(string function) => Kind == ExpressionKind.Call && Text == function;

    /// <summary>The expression without parentheses around it.</summary>
    public Expression Inner => Kind == ExpressionKind.Parentheses ? Operands[0].Inner : this;

    /// <summary>The text as R writes it: blanks around + − * and after commas, none around ^ / and the colon.</summary>
    public override string ToString() => Kind switch
    {
        ExpressionKind.Number or ExpressionKind.Name => Text,
        ExpressionKind.Call => $"{Text}({string.Join(", ", Operands)})",
        ExpressionKind.NamedArgument => $"{Text} = {Operands[0]}",
        ExpressionKind.Unary => $"{Text}{Operands[0]}",
        ExpressionKind.Binary => Text is "^" or "/" or ":" ? $"{Operands[0]}{Text}{Operands[1]}" : $"{Operands[0]} {Text} {Operands[1]}",
        ExpressionKind.Parentheses => $"({Operands[0]})",
        _ => throw new InvalidOperationException($"There is no text for {Kind}."),
    };

    /// <summary>The names of all columns in it, in order of appearance.</summary>
    public IEnumerable<Expression> Names() => Kind switch
    {
        ExpressionKind.Name => [this],
        ExpressionKind.NamedArgument => [],
        _ => Operands.SelectMany(operand => operand.Names()),
    };
}
