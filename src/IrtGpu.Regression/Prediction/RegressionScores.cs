using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Prediction;

/// <summary>Fitted values and residuals of rows, those of the fit or new ones.</summary>
/// <param name="Fitted">NaN where a predictor is missing. [row]</param>
/// <param name="Residual">NaN where the response is missing too. [row]</param>
/// <param name="Warnings">Sentences the user should read.</param>
public sealed record RegressionScores(double[] Fitted, double[] Residual, IReadOnlyList<string> Warnings)
{
    /// <summary>Scores the rows of a table with a finished fit; levels that were not in the fit are at the population mean.</summary>
    /// <param name="fit">A <c>regression.json</c>, or the folder that holds it.</param>
    /// <param name="data">The table.</param>
    public static RegressionScores Of(string fit, DataTable data) => Of(SavedRegression.Read(fit), new TableColumns(data));

    internal static RegressionScores Of(SavedRegression saved, IColumnSource data)
    {
        Formula formula = Formula.Parse(saved.Formula);
        List<string> warnings = [];
        ModelFrame frame = ModelFrame.BuildNew(formula, data, saved.FormulaBases, withResponse: false);
        saved.Require(frame);
        double[] fitted = NewRows(data.RowCount);
        double[] values = FittedValues.Fixed(frame, saved.FixedNames, saved.FixedEffects);
        foreach ((RandomDesign design, PredictedEffects effects) in FittedValues.Match(frame.Random, saved.Predicted))
        {
            (int[] level, int unknown) = Recode(design.Levels, effects.Levels);
            FittedValues.Add(values, design, effects, level);
            if (unknown > 0)
                warnings.Add(FormattableString.Invariant($"{unknown} level(s) of {design.Group} were not in the fit; their rows are predicted at the population mean of that term."));
        }
        for (int row = 0; row < values.Length; row++)
            fitted[frame.Rows.SourceRow(row)] = values[row];
        if (frame.DroppedRows > 0)
            warnings.Add(FormattableString.Invariant($"{frame.DroppedRows} row(s) have no fitted value because a predictor is missing."));

        double[] residual = NewRows(data.RowCount);
        if (formula.Response!.Names().All(name => data.Names.Contains(name.Text)))
        {
            ModelFrame observed = ModelFrame.BuildNew(formula, data, saved.FormulaBases, withResponse: true);
            for (int row = 0; row < observed.Rows.Count; row++)
                residual[observed.Rows.SourceRow(row)] = observed.Response![row] - fitted[observed.Rows.SourceRow(row)];
        }
        return new RegressionScores(fitted, residual, warnings);
    }

    /// <summary>Levels by their position in the fit; −1 where they were not in it.</summary>
    private static (int[] Level, int Unknown) Recode(Categories levels, IReadOnlyList<string> known)
    {
        Dictionary<string, int> positions = new(known.Count, StringComparer.Ordinal);
        for (int level = 0; level < known.Count; level++)
            positions.Add(known[level], level);
        int[] map = Array.ConvertAll(levels.Levels, level => positions.GetValueOrDefault(level, -1));
        return (Array.ConvertAll(levels.Level, level => map[level]), map.Count(level => level < 0));
    }

    private static double[] NewRows(int count)
    {
        double[] values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
