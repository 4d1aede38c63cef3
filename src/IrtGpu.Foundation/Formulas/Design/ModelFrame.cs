using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Syntax;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>A formula evaluated on data: response, design matrices, weights and offset in the rows that are complete.</summary>
internal sealed record ModelFrame
{
    /// <summary>The formula.</summary>
    public required Formula Formula { get; init; }

    /// <summary>Rows used.</summary>
    public required RowSelection Rows { get; init; }

    /// <summary>Response; null where none was asked for. [row]</summary>
    public required double[]? Response { get; init; }

    /// <summary>Columns of the fixed terms.</summary>
    public required DesignMatrix Fixed { get; init; }

    /// <summary>Random-effect terms.</summary>
    public required IReadOnlyList<RandomDesign> Random { get; init; }

    /// <summary>Sum of the offsets; null where there is none. [row]</summary>
    public required double[]? Offset { get; init; }

    /// <summary>Weights; null where all are 1. [row]</summary>
    public required double[]? Weights { get; init; }

    /// <summary>What the variables took from the data.</summary>
    public required IReadOnlyList<Basis> Bases { get; init; }

    /// <summary>Rows left out because a column in use is missing there.</summary>
    public int DroppedRows => Rows.Source.RowCount - Rows.Count;

    /// <summary>Evaluates the formula on the rows in which every column it uses has a value.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="source">The data.</param>
    /// <param name="weights">Column of weights; null where there is none.</param>
    /// <param name="others">Columns beside the formula's that must have a value, too, and are there.</param>
    /// <exception cref="FormulaException">A column or function is not there.</exception>
    /// <exception cref="DataException">Values do not fit the formula, or no row is complete.</exception>
    public static ModelFrame Build(Formula formula, IColumnSource source, string? weights = null, IReadOnlyList<string>? others = null)
    {
        if (formula.Response is null)
            throw new FormulaException(formula.Text, 0, "The formula has no response before the tilde.");
        RequireColumns(formula, formula.Columns, source);
        if (weights is not null && !source.Names.Contains(weights))
            throw new DataException([source.Problem($"There is no column '{weights}', which --weights names. {NearNames.Suggest(weights, source.Names)}")]);
        IEnumerable<string> columns = formula.Columns.Select(column => column.Text);
        RowSelection rows = RowSelection.Complete(source, (weights is null ? columns : columns.Append(weights)).Concat(others ?? []).Distinct());
        if (rows.Count == 0)
        {
            string reason = source.RowCount == 0
                ? "The table has a header and no rows."
                : $"No row has a value in every column the formula uses. Missing: {string.Join(", ", rows.Missing.Select(column => $"{column.Count} in '{column.Column}'"))} of {source.RowCount} rows.";
            throw new DataException([source.Problem($"{reason} There is nothing to fit.")]);
        }
        VariableReader variables = new(formula.Text, rows, null);
        ModelFrame frame = Evaluate(formula, rows, variables);
        return frame with { Response = variables.Numbers(formula.Response), Weights = weights is null ? null : ReadWeights(rows, weights) };
    }

    /// <summary>Evaluates what stands behind the tilde on new rows, coded as in a fit.</summary>
    /// <param name="formula">The formula of the fit.</param>
    /// <param name="source">The new data.</param>
    /// <param name="bases">What the variables took from the data of the fit; null: taken from these.</param>
    /// <param name="withResponse">Whether the response is read, too; rows without one are then left out.</param>
    /// <param name="others">Columns beside the formula's that must have a value, too, and are there.</param>
    public static ModelFrame BuildNew(Formula formula, IColumnSource source, IReadOnlyList<Basis>? bases, bool withResponse, IReadOnlyList<string>? others = null)
    {
        IReadOnlyList<Expression> columns = withResponse ? formula.Columns : formula.PredictorColumns;
        RequireColumns(formula, columns, source);
        RowSelection rows = RowSelection.Complete(source, columns.Select(column => column.Text).Concat(others ?? []).Distinct());
        VariableReader variables = new(formula.Text, rows, bases);
        ModelFrame frame = Evaluate(formula, rows, variables);
        return withResponse ? frame with { Response = variables.Numbers(formula.Response!) } : frame;
    }

    /// <summary>Evaluates what stands behind the tilde of a second formula in rows that were selected before.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="bases">What its variables took from the data of a fit; null: taken from these.</param>
    /// <exception cref="FormulaException">A column or function is not there.</exception>
    public static ModelFrame Evaluate(Formula formula, RowSelection rows, IReadOnlyList<Basis>? bases)
    {
        RequireColumns(formula, formula.PredictorColumns, rows.Source);
        return Evaluate(formula, rows, new VariableReader(formula.Text, rows, bases));
    }

    private static ModelFrame Evaluate(Formula formula, RowSelection rows, VariableReader variables) => new()
    {
        Formula = formula,
        Rows = rows,
        Response = null,
        Fixed = DesignMatrix.Build(formula.Fixed, variables),
        Random = RandomDesign.Build(formula.Random, variables),
        Offset = formula.Offsets.Count == 0 ? null : Sum(formula.Offsets.Select(variables.Numbers)),
        Weights = null,
        Bases = variables.Bases,
    };

    private static double[] Sum(IEnumerable<double[]> columns) => columns.Aggregate((left, right) => [.. left.Zip(right, (first, second) => first + second)]);

    /// <summary>Weights in the rows.</summary>
    /// <exception cref="DataException">They are no positive numbers.</exception>
    public static double[] ReadWeights(RowSelection rows, string column)
    {
        if (!rows.Source.IsNumeric(column))
            throw rows.Failure("The weights are no numbers. --weights names a column of positive numbers.", column);
        double[] weights = rows.Numbers(column);
        int bad = Array.FindIndex(weights, weight => !(weight > 0));
        return bad < 0 ? weights : throw rows.Failure(FormattableString.Invariant(
            $"The weight {weights[bad]} is not positive; the residual variance of a row is σ² over its weight. Leave the row out, or correct the weight."), column, bad);
    }

    private static void RequireColumns(Formula formula, IReadOnlyList<Expression> columns, IColumnSource source)
    {
        HashSet<string> names = new(source.Names, StringComparer.Ordinal);
        foreach (Expression column in columns)
        {
            if (column.Text == "." && !names.Contains("."))
                throw new FormulaException(formula.Text, column.Position, "A point for all other columns is not known here. Name the columns.");
            if (!names.Contains(column.Text))
                throw new FormulaException(formula.Text, column.Position, $"There is no column '{column.Text}' in the data. {NearNames.Suggest(column.Text, source.Names)}");
        }
    }
}
