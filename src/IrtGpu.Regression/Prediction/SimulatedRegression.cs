using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Tables;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Prediction;

/// <summary>A response drawn from a finished fit.</summary>
/// <param name="ResponseName">Name of the response.</param>
/// <param name="Response">NaN where a predictor is missing. [row]</param>
/// <param name="Effects">The random effects that were drawn, term by term.</param>
public sealed record SimulatedRegression(string ResponseName, double[] Response, IReadOnlyList<PredictedEffects> Effects)
{
    private const int EffectStream = 0;
    private const int ResidualStream = 1;

    /// <summary>Draws new random effects for the levels of a table, and a response for each of its rows.</summary>
    /// <param name="fit">A <c>regression.json</c>, or the folder that holds it.</param>
    /// <param name="data">The predictors.</param>
    /// <param name="seed">The same seed draws the same response.</param>
    public static SimulatedRegression Draw(string fit, DataTable data, int seed) => Draw(SavedRegression.Read(fit), new TableColumns(data), seed);

    internal static SimulatedRegression Draw(SavedRegression saved, IColumnSource data, int seed)
    {
        Formula formula = Formula.Parse(saved.Formula);
        ModelFrame frame = ModelFrame.BuildNew(formula, data, saved.FormulaBases, withResponse: false);
        saved.Require(frame);
        double[] values = FittedValues.Fixed(frame, saved.FixedNames, saved.FixedEffects);
        StreamRandom effectRandom = new(seed, EffectStream);
        List<PredictedEffects> drawn = [];
        List<SavedTerm> left = [.. saved.Terms];
        foreach (RandomDesign design in frame.Random)
        {
            SavedTerm term = left.First(candidate => candidate.Group == design.Group && candidate.Effects.SequenceEqual(design.Effects.Names));
            left.Remove(term);
            PredictedEffects effects = new(term.Group, term.Effects, design.Levels.Levels, DrawEffects(term, design.Levels.Levels.Length, ref effectRandom), [], []);
            FittedValues.Add(values, design, effects, design.Levels.Level);
            drawn.Add(effects);
        }
        double[] weights = Weights(saved, data);
        StreamRandom residualRandom = new(seed, ResidualStream);
        double[] response = new double[data.RowCount];
        Array.Fill(response, double.NaN);
        for (int row = 0; row < values.Length; row++)
        {
            int source = frame.Rows.SourceRow(row);
            response[source] = values[row] + saved.Sigma / Math.Sqrt(weights.Length > 0 ? weights[source] : 1) * residualRandom.NextNormal();
        }
        return new SimulatedRegression(formula.Response!.ToString(), response, drawn);
    }

    private static double[] Weights(SavedRegression saved, IColumnSource data)
    {
        if (saved.WeightColumn is not { } column)
            return [];
        return data.Names.Contains(column) && data.IsNumeric(column)
            ? data.Numbers(column)
            : throw new Foundation.Tables.Problems.DataException([data.Problem($"The fit has weights in a column '{column}', and this table has no numbers of that name. Add the column.")]);
    }

    private static double[] DrawEffects(SavedTerm term, int levels, ref StreamRandom random)
    {
        int k = term.Effects.Count;
        double[] root = SemidefiniteCholesky.Factor(term.Covariance, k);
        double[] normal = new double[k];
        double[] effects = new double[levels * k];
        for (int level = 0; level < levels; level++)
        {
            for (int c = 0; c < k; c++)
                normal[c] = random.NextNormal();
            for (int row = 0; row < k; row++)
            {
                for (int c = 0; c <= row; c++)
                    effects[level * k + row] += root[row * k + c] * normal[c];
            }
        }
        return effects;
    }
}
