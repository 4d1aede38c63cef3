using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Tables;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Planning;
using IrtGpu.Regression.Mixtures.Results;
using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Prediction;

/// <summary>A response drawn from a mixture: a finished fit, given parameters, or one draw of the priors.</summary>
/// <param name="ResponseName">Name of the response.</param>
/// <param name="Response">NaN where a predictor is missing. [row]</param>
/// <param name="ClassOfRow">1-based class that each row was drawn from; 0 where a predictor is missing. [row]</param>
/// <param name="Parameters">The parameters it was drawn with, by the names of priors.</param>
/// <param name="Effects">The effects of the levels, by class.</param>
public sealed record SimulatedMixture(
    string ResponseName, double[] Response, int[] ClassOfRow, IReadOnlyList<(string Name, double Value)> Parameters, IReadOnlyList<ClassEffectPredictions> Effects)
{
    private const int ClassStream = 0;
    private const int ResidualStream = 1;
    private const int EffectStream = 2;
    private const int ParameterStream = 3;

    /// <summary>Draws classes, effects and a response for the rows of a table from a finished fit.</summary>
    /// <param name="fit">A <c>regression.json</c>, or the folder that holds it.</param>
    /// <param name="data">The predictors.</param>
    /// <param name="seed">The same seed draws the same response.</param>
    /// <param name="fromPriors">Whether parameters are drawn from the priors of the fit, rather than taken from its estimates.</param>
    public static SimulatedMixture Draw(string fit, DataTable data, int seed, bool fromPriors)
    {
        SavedMixture saved = SavedMixture.Read(fit);
        TableColumns columns = new(data);
        return fromPriors ? DrawPriors(saved.Formula, columns, saved.Options, seed) : Draw(MixtureRows.Of(saved, columns, withResponse: false), data.RowCount, seed);
    }

    /// <summary>Draws parameters from priors (constant ones give them), then classes, effects and a response.</summary>
    /// <param name="formula">The formula; its response need not be in the table.</param>
    /// <param name="data">The predictors.</param>
    /// <param name="options">Classes and priors.</param>
    /// <param name="seed">The same seed draws the same response.</param>
    public static SimulatedMixture DrawPriors(string formula, DataTable data, MixtureOptions options, int seed) => DrawPriors(formula, new TableColumns(data), options, seed);

    internal static SimulatedMixture DrawPriors(string formula, IColumnSource data, MixtureOptions options, int seed)
    {
        MixtureProblem problem = MixturePlanner.PlanWithoutResponse(Formula.Parse(formula), data, options with { KnownClassColumn = null });
        double[] full = PriorDraw.Draw(problem, new StreamRandom(seed, ParameterStream));
        return Draw(new MixtureRows(problem, full), data.RowCount, seed);
    }

    internal static SimulatedMixture Draw(MixtureRows rows, int rowCount, int seed)
    {
        (MixtureProblem problem, double[] full) = rows;
        MixtureLayout layout = problem.Layout;
        MixtureData data = problem.Data;
        int[] classOfUnit = DrawClasses(problem, full, seed);
        double[] means = MixtureMeans.OfClasses(problem, full);
        IReadOnlyList<ClassEffectPredictions> effects = DrawEffects(problem, full, seed);
        double[] response = new double[rowCount];
        Array.Fill(response, double.NaN);
        int[] classOfRow = new int[rowCount];
        StreamRandom random = new(seed, ResidualStream);
        for (int row = 0; row < data.RowCount; row++)
        {
            int k = classOfUnit[data.UnitOfRow is null ? row : data.UnitOfRow[row]];
            double value = means[row * layout.ClassCount + k] + OfEffects(problem, effects, row, k);
            double sigma = Math.Exp(full[layout.LogSigma(k)]) / Math.Sqrt(data.Weights is null ? 1 : data.Weights[row]);
            int source = problem.Frame.Rows.SourceRow(row);
            response[source] = value + sigma * random.NextNormal();
            classOfRow[source] = k + 1;
        }
        ReportedParameters reported = new(layout, problem.Scale);
        double[] values = reported.Values(full);
        return new SimulatedMixture(
            problem.Frame.Formula.Response!.ToString(), response, classOfRow,
            [.. reported.Names.Select((name, index) => (name.Text(layout.Shape.EffectGroup, layout.ClassCount), values[index]))], effects);
    }

    private static int[] DrawClasses(MixtureProblem problem, double[] full, int seed)
    {
        int classes = problem.Layout.ClassCount;
        double[] proportions = MixtureMeans.Proportions(problem, full);
        StreamRandom random = new(seed, ClassStream);
        int[] drawn = new int[problem.Data.UnitCount];
        for (int unit = 0; unit < drawn.Length; unit++)
        {
            double left = random.NextUniform();
            int k = 0;
            while (k + 1 < classes && left >= proportions[unit * classes + k])
                left -= proportions[unit * classes + k++];
            drawn[unit] = k;
        }
        return drawn;
    }

    private static List<ClassEffectPredictions> DrawEffects(MixtureProblem problem, double[] full, int seed)
    {
        MixtureLayout layout = problem.Layout;
        int q = layout.Shape.Effects.Count;
        if (q == 0)
            return [];
        string[] levels = problem.Data.Effects[0].Levels.Levels;
        bool isOneSet = layout.Shape.SharesEffects || layout.ClassCount == 1;
        StreamRandom random = new(seed, EffectStream);
        List<ClassEffectPredictions> drawn = [];
        for (int k = 0; k < (isOneSet ? 1 : layout.ClassCount); k++)
        {
            double[] factor = CorrelationFactor.Of(layout.Shape.HasCorrelations ? full.AsSpan(layout.Correlation(k), layout.Shape.CorrelationCount) : [], q);
            double[] values = new double[levels.Length * q];
            double[] normal = new double[q];
            for (int level = 0; level < levels.Length; level++)
            {
                for (int effect = 0; effect < q; effect++)
                    normal[effect] = random.NextNormal();
                for (int effect = 0; effect < q; effect++)
                {
                    double sum = 0;
                    for (int source = 0; source <= effect; source++)
                        sum += factor[effect * q + source] * normal[source];
                    values[level * q + effect] = Math.Exp(full[layout.LogDeviation(k, effect)]) * sum;
                }
            }
            drawn.Add(new ClassEffectPredictions(isOneSet ? 0 : k + 1, new PredictedEffects(layout.Shape.EffectGroup, layout.Shape.Effects, levels, values, [], [])));
        }
        return drawn;
    }

    private static double OfEffects(MixtureProblem problem, IReadOnlyList<ClassEffectPredictions> effects, int row, int ofClass)
    {
        if (effects.Count == 0)
            return 0;
        PredictedEffects own = effects[effects.Count == 1 ? 0 : ofClass].Effects;
        int level = problem.Data.Effects[0].Levels.Level[row];
        double sum = 0;
        for (int effect = 0; effect < own.Effects.Count; effect++)
            sum += problem.Data.EffectColumns[effect][row] * own.Values[level * own.Effects.Count + effect];
        return sum;
    }
}
