using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Tables;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Results;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Prediction;

/// <summary>Fitted values, residuals and class probabilities of rows, those of the fit or new ones.</summary>
/// <param name="Fitted">Mean of the mixture before the response is seen; NaN where a predictor is missing. [row]</param>
/// <param name="Residual">NaN where the response is missing too. [row]</param>
/// <param name="Probabilities">Of the classes given the response, or where it is missing before it is seen; NaN where a predictor is missing. [row, class]</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Warnings">Sentences the user should read.</param>
public sealed record MixtureScores(double[] Fitted, double[] Residual, double[] Probabilities, int Classes, IReadOnlyList<string> Warnings)
{
    /// <summary>Scores the rows of a table with a finished fit. Effects of levels are at their mean in fitted values and integrated out of probabilities.</summary>
    /// <param name="fit">A <c>regression.json</c>, or the folder that holds it.</param>
    /// <param name="data">The table.</param>
    public static MixtureScores Of(string fit, DataTable data) => Of(SavedMixture.Read(fit), new TableColumns(data));

    internal static MixtureScores Of(SavedMixture saved, IColumnSource data)
    {
        int classes = saved.Classes;
        List<string> warnings = [];
        double[] fitted = NewRows(data.RowCount);
        double[] residual = NewRows(data.RowCount);
        double[] probabilities = NewRows(data.RowCount * classes);
        MixtureRows all = MixtureRows.Of(saved, data, withResponse: false);
        double[] means = MixtureMeans.Of(all.Problem, all.Full);
        double[] before = MixtureMeans.Proportions(all.Problem, all.Full);
        for (int row = 0; row < means.Length; row++)
        {
            fitted[all.Problem.Frame.Rows.SourceRow(row)] = means[row];
            Copy(all.Problem, before, row, probabilities);
        }
        if (all.Problem.Frame.DroppedRows > 0)
            warnings.Add(FormattableString.Invariant($"{all.Problem.Frame.DroppedRows} row(s) have no fitted value because a predictor is missing."));
        if (Formula.Parse(saved.Formula).Response!.Names().All(name => data.Names.Contains(name.Text)))
        {
            MixtureRows observed = MixtureRows.Of(saved, data, withResponse: true);
            double[] posterior = MixtureModel.LikelihoodOf(observed.Problem).Posterior(observed.Full);
            for (int row = 0; row < observed.Problem.Data.RowCount; row++)
            {
                int source = observed.Problem.Frame.Rows.SourceRow(row);
                residual[source] = observed.Problem.Frame.Response![row] - fitted[source];
                Copy(observed.Problem, posterior, row, probabilities);
            }
            int unseen = all.Problem.Frame.Rows.Count - observed.Problem.Frame.Rows.Count;
            if (unseen > 0)
                warnings.Add(FormattableString.Invariant($"{unseen} row(s) have no response: their class probabilities are those before it is seen."));
        }
        return new MixtureScores(fitted, residual, probabilities, classes, warnings);
    }

    private static void Copy(MixtureProblem problem, double[] ofUnits, int row, double[] ofRows)
    {
        int classes = problem.Layout.ClassCount;
        int unit = problem.Data.UnitOfRow is null ? row : problem.Data.UnitOfRow[row];
        ofUnits.AsSpan(unit * classes, classes).CopyTo(ofRows.AsSpan(problem.Frame.Rows.SourceRow(row) * classes));
    }

    private static double[] NewRows(int count)
    {
        double[] values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
