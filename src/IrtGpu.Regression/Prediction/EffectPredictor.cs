using IrtGpu.Regression.Mixed;
using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Prediction;

/// <summary>Best linear unbiased predictions of the random effects, with their standard deviations.</summary>
internal static class EffectPredictor
{
    /// <param name="problem">The model.</param>
    /// <param name="criterion">The criterion, at the estimates.</param>
    /// <param name="sigma">Residual standard deviation in units of the response.</param>
    public static IReadOnlyList<PredictedEffects> Predict(MixedProblem problem, ProfiledCriterion criterion, double sigma)
    {
        double[] effects = criterion.Random(criterion.Fixed);
        double[] covariance = criterion.Equations.FixedCovariance();
        List<PredictedEffects> predictions = [];
        foreach (MixedTerm term in problem.Terms)
        {
            Grouping grouping = problem.Data.Groupings[term.GroupingIndex];
            double[] root = term.ToOriginal(CovarianceComponents.TermBlock(term, [.. criterion.Equations.Relative], grouping.Width), term.Width); // R⁻¹T
            predictions.Add(Predict(problem, criterion, term, grouping, root, effects, covariance, sigma));
        }
        return predictions;
    }

    private static PredictedEffects Predict(
        MixedProblem problem, ProfiledCriterion criterion, MixedTerm term, Grouping grouping, double[] root, double[] effects, double[] fixedCovariance, double sigma)
    {
        int k = term.Width;
        int p = problem.FixedCount;
        int levels = grouping.LevelCount;
        double[] values = new double[levels * k];
        double[] conditional = new double[levels * k];
        double[] prediction = new double[levels * k];
        double[] inverse = criterion.Inverse.Diagonal[term.GroupingIndex];
        double[] along = new double[p];
        for (int level = 0; level < levels; level++)
        {
            int first = grouping.Scalar(level) + term.Offset;
            for (int effect = 0; effect < k; effect++)
            {
                double value = 0;
                double variance = 0;
                along.AsSpan().Clear();
                for (int c = 0; c < k; c++)
                {
                    double weight = root[effect * k + c];
                    value += weight * effects[first + c];
                    for (int d = 0; d < k; d++)
                        variance += weight * root[effect * k + d] * inverse[(level * grouping.Width + term.Offset + c) * grouping.Width + term.Offset + d];
                    for (int column = 0; column < p; column++)
                        along[column] += weight * criterion.Solution[(first + c) * (p + 1) + column];
                }
                double added = 0; // that β is estimated
                for (int i = 0; i < p; i++)
                {
                    for (int j = 0; j < p; j++)
                        added += along[i] * fixedCovariance[i * p + j] * along[j];
                }
                values[level * k + effect] = problem.Scale * value;
                conditional[level * k + effect] = sigma * Math.Sqrt(Math.Max(0, variance));
                prediction[level * k + effect] = sigma * Math.Sqrt(Math.Max(0, variance + added));
            }
        }
        return new PredictedEffects(term.Group, term.Effects, grouping.Levels, values, conditional, prediction);
    }
}
