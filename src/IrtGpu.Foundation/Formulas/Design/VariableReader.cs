using System.Globalization;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Syntax;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>Evaluates the variables of a formula: numbers, factors, and functions that learn from the data.</summary>
/// <param name="formula">The formula, for messages.</param>
/// <param name="rows">Rows of the data.</param>
/// <param name="known">What the variables took from the data of a fit; null when the fit is made now.</param>
internal sealed class VariableReader(string formula, RowSelection rows, IReadOnlyList<Basis>? known)
{
    private static readonly string[] Special = ["factor", "poly", "scale"];
    private readonly Dictionary<string, Variable> variables = new(StringComparer.Ordinal);
    private readonly List<Basis> bases = [];
    private readonly Arithmetic arithmetic = new(formula, rows);

    /// <summary>What the variables read so far took from the data.</summary>
    public IReadOnlyList<Basis> Bases => bases;

    public RowSelection Rows => rows;

    /// <summary>The variable in the rows.</summary>
    public Variable Read(Expression expression)
    {
        string text = expression.ToString();
        if (!variables.TryGetValue(text, out Variable? variable))
            variables.Add(text, variable = Evaluate(expression, text));
        return variable;
    }

    /// <summary>Numbers, one column.</summary>
    public double[] Numbers(Expression expression) => arithmetic.Evaluate(expression);

    private Variable Evaluate(Expression expression, string text)
    {
        if (expression.Kind == ExpressionKind.Name)
            return IsFactor(text) ? Factor(text, rows.Categories(text), expression) : Number(text, Column(text));
        return expression.Text switch
        {
            "factor" => Factor(text, rows.Categories(OneColumn(expression)), expression),
            "poly" => Polynomial(expression, text),
            "scale" => Scale(expression, text),
            _ when !Arithmetic.FunctionNames.Contains(expression.Text) => throw new FormulaException(formula, expression.Position,
                $"There is no function {expression.Text}(). {NearNames.Suggest(expression.Text, [.. Arithmetic.FunctionNames, .. Special, "offset"])}"),
            _ => Number(text, arithmetic.Evaluate(expression)),
        };
    }

    private bool IsFactor(string column) => known is null ? !rows.Source.IsNumeric(column) : Basis(column) is not null;

    /// <summary>A column of numbers, which in the data of the fit it was.</summary>
    private double[] Column(string name)
    {
        if (rows.Source.IsNumeric(name))
            return rows.Numbers(name);
        Categories texts = rows.Categories(name);
        int level = Array.FindIndex(texts.Levels, text => !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        throw rows.Failure($"In the data of the fit the column held numbers, and here it holds text{(level < 0 ? "" : $", such as '{texts.Levels[level]}'")}. Correct the values, or declare those that mean missing with --missing.",
            name, level < 0 ? null : Array.IndexOf(texts.Level, level));
    }

    private static Variable Number(string name, double[] values) => new([name], [values], null);

    private Variable Factor(string text, Categories categories, Expression expression)
    {
        if (Basis(text) is { } basis)
            return new Variable([.. basis.Levels.Select(level => text + level)], [], Recode(categories, basis.Levels, expression));
        if (categories.Levels.Length < 2)
        {
            throw rows.Failure($"The factor {text} has the one level '{categories.Levels.FirstOrDefault() ?? ""}' in the {rows.Count} rows used, so there is nothing to compare. Leave it out of the formula.",
                expression.Names().First().Text);
        }
        bases.Add(new Basis(text, categories.Levels, []));
        return new Variable([.. categories.Levels.Select(level => text + level)], [], categories.Level);
    }

    private int[] Recode(Categories categories, IReadOnlyList<string> levels, Expression expression)
    {
        Dictionary<string, int> positions = new(StringComparer.Ordinal);
        for (int level = 0; level < levels.Count; level++)
            positions.Add(levels[level], level);
        int[] map = new int[categories.Levels.Length];
        for (int level = 0; level < map.Length; level++)
        {
            if (!positions.TryGetValue(categories.Levels[level], out map[level]))
            {
                throw rows.Failure($"The level '{categories.Levels[level]}' was not in the data of the fit, so it has no coefficient. {NearNames.Suggest(categories.Levels[level], levels)} Leave these rows out.",
                    expression.Names().First().Text, Array.IndexOf(categories.Level, level));
            }
        }
        return Array.ConvertAll(categories.Level, level => map[level]);
    }

    private Variable Polynomial(Expression expression, string text)
    {
        Expression[] plain = [.. expression.Operands.Where(argument => argument.Kind != ExpressionKind.NamedArgument)];
        Expression[] named = [.. expression.Operands.Where(argument => argument.Kind == ExpressionKind.NamedArgument)];
        bool isRaw = named is [{ Text: "raw" }] && named[0].Operands[0].ToString() is "TRUE" or "T";
        if (plain.Length != 2 || plain[1].Kind != ExpressionKind.Number || plain[1].Value is < 1 or > 25 || plain[1].Value != Math.Floor(plain[1].Value) || (named.Length > 0 && !isRaw))
            throw new FormulaException(formula, expression.Position, "poly() takes a column and a degree of 1 to 25: poly(x, 2), or poly(x, 2, raw = TRUE) for plain powers.");
        int degree = (int)plain[1].Value;
        double[] x = arithmetic.Evaluate(plain[0]);
        string[] names = [.. Enumerable.Range(1, degree).Select(power => FormattableString.Invariant($"{text}{power}"))];
        if (isRaw)
            return new Variable(names, [.. Enumerable.Range(1, degree).Select(power => Array.ConvertAll(x, value => Math.Pow(value, power)))], null);
        IReadOnlyList<double> values = Learned(text, 2 * degree + 1) ?? OrthogonalPolynomial.Fit(x, degree)
            ?? throw rows.Failure(FormattableString.Invariant($"{text} needs more than {degree} distinct values of {plain[0]}, and there are not so many. Lower the degree."));
        bases.Add(new Basis(text, [], values));
        return new Variable(names, OrthogonalPolynomial.Evaluate(x, values), null);
    }

    private Variable Scale(Expression expression, string text)
    {
        if (expression.Operands.Count != 1)
            throw new FormulaException(formula, expression.Position, "scale() takes one argument.");
        double[] x = arithmetic.Evaluate(expression.Operands[0]);
        IReadOnlyList<double>? values = Learned(text, 2);
        if (values is null)
        {
            double mean = x.Sum() / x.Length;
            double deviation = Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, x.Length - 1));
            values = deviation > 0 ? [mean, deviation] : throw rows.Failure($"{text} cannot be: all values are the same. Leave it out of the formula.");
        }
        bases.Add(new Basis(text, [], values));
        return Number(text, Array.ConvertAll(x, value => (value - values[0]) / values[1]));
    }

    private string OneColumn(Expression call) => call.Operands is [{ Kind: ExpressionKind.Name } column]
        ? column.Text
        : throw new FormulaException(formula, call.Position, $"{call.Text}() takes the name of one column.");

    /// <summary>The numbers that a function took from the data of the fit; null where it learns now.</summary>
    private IReadOnlyList<double>? Learned(string text, int count) => Basis(text)?.Values is not { } values || values.Count == count
        ? Basis(text)?.Values
        : throw rows.Failure(FormattableString.Invariant($"The fit holds {values.Count} numbers for {text}, which takes {count}: its file is damaged. Fit the model again."));

    private Basis? Basis(string text) => known?.FirstOrDefault(basis => basis.Variable == text);
}
