using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Quadrature;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>Predicted effects of the levels given the estimates: by class, and averaged over the classes of a level.</summary>
/// <remarks>Means and standard deviations of the effects given the rows; that parameters are estimated does not add to them.</remarks>
internal static class EffectPredictions
{
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="model">As it was estimated.</param>
    /// <param name="full">Estimates. [slot]</param>
    public static IReadOnlyList<ClassEffectPredictions> Of(MixtureProblem problem, LevelSetup setup, ILevelModel model, double[] full)
    {
        if (problem.Data.Effects.Count == 0)
            return [];
        LevelParameters parameters = setup.Coordinates.Parameters(full);
        double[][] logPrior = setup.Classes.LogPrior(setup.Coordinates.ClassCoefficients(full));
        return model switch
        {
            ClosedFormLevels closed => ByClass(problem, closed, parameters, logPrior),
            QuadratureLevels quadrature => BySet(problem, quadrature, parameters, logPrior),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model, "There is no such model."),
        };
    }

    private static List<ClassEffectPredictions> ByClass(MixtureProblem problem, ClosedFormLevels model, LevelParameters parameters, double[][] logPrior)
    {
        double[][] moments = model.EffectMoments(parameters);
        int q = model.Layout.EffectCount;
        int[] level = model.Cells.Child;
        (double[] Mean, double[] Variance)[] byClass = [.. Enumerable.Range(0, parameters.ClassCount).Select(k => Natural(problem, moments[k], parameters.Factors[parameters.SetOf(k)], level))];
        if (parameters.ClassCount == 1)
            return [Row(problem, 0, byClass[0])];
        double[][] posterior = model.TryExpect(parameters, logPrior)!.Posterior;
        double[] mean = new double[level.Length * q];
        double[] square = new double[level.Length * q];
        for (int cell = 0; cell < level.Length; cell++)
        {
            for (int k = 0; k < byClass.Length; k++)
            {
                double probability = posterior[k][model.Cells.Parent[cell]];
                for (int place = level[cell] * q; place < (level[cell] + 1) * q; place++)
                {
                    mean[place] += probability * byClass[k].Mean[place];
                    square[place] += probability * (byClass[k].Variance[place] + byClass[k].Mean[place] * byClass[k].Mean[place]);
                }
            }
        }
        double[] variance = [.. square.Zip(mean, (all, own) => Math.Max(0, all - own * own))];
        return [Row(problem, 0, (mean, variance)), .. byClass.Select((own, k) => Row(problem, k + 1, own))];
    }

    private static List<ClassEffectPredictions> BySet(MixtureProblem problem, QuadratureLevels model, LevelParameters parameters, double[][] logPrior)
    {
        double[][] moments = model.EffectMoments(parameters, logPrior);
        int[] level = [.. Enumerable.Range(0, model.LevelCount)];
        return [.. Enumerable.Range(0, parameters.SetCount).Select(set => Row(problem, parameters.SetCount == 1 ? 0 : set + 1, Natural(problem, moments[set], parameters.Factors[set], level)))];
    }

    private static ClassEffectPredictions Row(MixtureProblem problem, int ofClass, (double[] Mean, double[] Variance) own) => new(
        ofClass,
        new PredictedEffects(problem.Layout.Shape.EffectGroup, problem.Layout.Shape.Effects, problem.Data.Effects[0].Levels.Levels, own.Mean, Array.ConvertAll(own.Variance, Math.Sqrt), []));

    /// <summary>u = Λv in units of the response and of the columns.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="moments">E[v] and the covariances of v packed. [cell, q + q(q + 1)/2]</param>
    /// <param name="factor">Λ. [q, q]</param>
    /// <param name="level">Level of each cell.</param>
    private static (double[] Mean, double[] Variance) Natural(MixtureProblem problem, double[] moments, double[] factor, int[] level)
    {
        int q = problem.Layout.Shape.Effects.Count;
        int width = q + PackedTriangle.Length(q);
        double[] mean = new double[level.Length * q];
        double[] variance = new double[level.Length * q];
        for (int cell = 0; cell < level.Length; cell++)
        {
            for (int effect = 0; effect < q; effect++)
            {
                double unit = problem.Scale.ResponseSize / problem.Scale.EffectSizes[effect];
                int place = level[cell] * q + effect;
                for (int c = 0; c <= effect; c++)
                {
                    mean[place] += unit * factor[effect * q + c] * moments[cell * width + c];
                    for (int d = 0; d <= effect; d++)
                        variance[place] += unit * unit * factor[effect * q + c] * factor[effect * q + d] * moments[cell * width + q + PackedTriangle.SymmetricIndex(c, d)];
                }
                variance[place] = Math.Max(0, variance[place]);
            }
        }
        return (mean, variance);
    }
}
