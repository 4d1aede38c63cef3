using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Syntax;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>Computes arithmetic and elementary functions of columns, a value a row.</summary>
internal sealed class Arithmetic(string formula, RowSelection rows)
{
    private static readonly Dictionary<string, Func<double, double>> Functions = new(StringComparer.Ordinal)
    {
        ["log"] = Math.Log,
        ["log2"] = Math.Log2,
        ["log10"] = Math.Log10,
        ["log1p"] = value => Math.Abs(value) < 1e-5 ? value * (1 - value * (0.5 - value / 3)) : Math.Log(1 + value),
        ["exp"] = Math.Exp,
        ["sqrt"] = Math.Sqrt,
        ["abs"] = Math.Abs,
        ["sin"] = Math.Sin,
        ["cos"] = Math.Cos,
        ["tan"] = Math.Tan,
        ["I"] = value => value,
    };

    /// <summary>Functions of one number.</summary>
    public static IEnumerable<string> FunctionNames => Functions.Keys;

    /// <summary>The values. [row]</summary>
    /// <exception cref="FormulaException">A column is not there or holds text, or a function is unknown.</exception>
    /// <exception cref="DataException">A value is no finite number.</exception>
    public double[] Evaluate(Expression expression)
    {
        double[] values = Compute(expression);
        int bad = Array.FindIndex(values, value => !double.IsFinite(value));
        if (bad < 0)
            return values;
        string arguments = string.Join(", ", expression.Names().DistinctBy(name => name.Text, StringComparer.Ordinal).Select(name => FormattableString.Invariant($"{name.Text} = {rows.Numbers(name.Text)[bad]}")));
        throw rows.Failure($"{expression} is no finite number here ({arguments}). Correct the value, leave the row out, or use another function.", row: bad);
    }

    private double[] Compute(Expression expression)
    {
        switch (expression.Kind)
        {
            case ExpressionKind.Number:
                double[] constant = new double[rows.Count];
                Array.Fill(constant, expression.Value);
                return constant;
            case ExpressionKind.Name:
                return Column(expression);
            case ExpressionKind.Parentheses:
                return Compute(expression.Operands[0]);
            case ExpressionKind.Unary:
                double[] operand = Compute(expression.Operands[0]);
                return expression.Text == "-" ? Array.ConvertAll(operand, value => -value) : operand;
            case ExpressionKind.Binary:
                return Binary(expression);
            case ExpressionKind.Call when Functions.TryGetValue(expression.Text, out Func<double, double>? function) && expression.Operands.Count == 1:
                return Array.ConvertAll(Compute(expression.Operands[0]), value => function(value));
            case ExpressionKind.Call when Functions.ContainsKey(expression.Text):
                throw new FormulaException(formula, expression.Position, $"{expression.Text}() takes one argument, not {expression.Operands.Count}.");
            default:
                throw new FormulaException(formula, expression.Position,
                    $"{expression.Text}() cannot be part of arithmetic. {NearNames.Suggest(expression.Text, Functions.Keys)} Arithmetic knows {string.Join(", ", Functions.Keys)}.");
        }
    }

    private double[] Binary(Expression expression)
    {
        Func<double, double, double> combine = expression.Text switch
        {
            "+" => (left, right) => left + right,
            "-" => (left, right) => left - right,
            "*" => (left, right) => left * right,
            "/" => (left, right) => left / right,
            "^" => Math.Pow,
            _ => throw new FormulaException(formula, expression.Position, $"'{expression.Text}' is no arithmetic. It takes + - * / ^."),
        };
        double[] first = Compute(expression.Operands[0]);
        double[] second = Compute(expression.Operands[1]);
        double[] result = new double[first.Length];
        for (int row = 0; row < result.Length; row++)
            result[row] = combine(first[row], second[row]);
        return result;
    }

    private double[] Column(Expression name)
    {
        if (!rows.Source.IsNumeric(name.Text))
        {
            throw rows.Failure(
                $"The column holds text, such as '{rows.Source.Categories(name.Text).Levels.FirstOrDefault() ?? ""}', where the formula '{formula}' needs numbers. "
                + "Recode it, list the texts in --missing if they mean missing, or use the column as a factor.", name.Text);
        }
        return rows.Numbers(name.Text);
    }
}
