using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Search;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>Mixtures whose levels have effects or classes.</summary>
internal static class LevelMixture
{
    /// <summary>Whether a mixture is one: rows neither share effects nor a class in others.</summary>
    public static bool Is(MixtureProblem problem) => problem.Data.UnitOfRow is not null || problem.Data.Effects.Count > 0;

    /// <summary>Estimates.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="progress">Who is told how far it is.</param>
    /// <param name="cancellation">Ends the work after the step at hand.</param>
    /// <exception cref="DataException">The data do not allow the model.</exception>
    public static MixtureSolution Estimate(MixtureProblem problem, RegressionProgress progress, CancellationToken cancellation)
    {
        RequireIdentified(problem);
        LevelSetup setup = new(problem);
        return setup.Kind == LevelKind.ClassesOfLevels
            ? new ClosedFormEstimation(problem, setup, progress, cancellation).Run()
            : new QuadratureEstimation(problem, setup, progress, cancellation).Run();
    }

    /// <summary>The data, ready to be evaluated anywhere; nodes are placed at each evaluation.</summary>
    /// <param name="problem">The mixture.</param>
    public static IMixtureLikelihood LikelihoodOf(MixtureProblem problem)
    {
        LevelSetup setup = new(problem);
        ILevelModel model = setup.Kind == LevelKind.ClassesOfLevels ? setup.ClosedForm() : setup.Quadrature(NodeCount.Choose(problem, setup));
        return setup.Likelihood(model);
    }

    /// <summary>Refuses effects that no data of this shape can tell from residuals.</summary>
    private static void RequireIdentified(MixtureProblem problem)
    {
        if (problem.Data.Effects.Count == 0)
            return;
        string group = problem.Layout.Shape.EffectGroup;
        int width = problem.Layout.Shape.Effects.Count;
        int levels = problem.Data.Effects[0].Levels.Levels.Length;
        int rows = problem.Data.RowCount;
        if (levels < 2)
        {
            throw problem.Frame.Rows.Failure(FormattableString.Invariant(
                $"The grouping factor {group} has one level in the {rows} rows used; a variance between levels needs two at least, and many for a good estimate. Leave the term out."));
        }
        if ((long)levels * width >= rows)
        {
            throw problem.Frame.Rows.Failure(FormattableString.Invariant(
                $"The term on {group} has {(width == 1 ? "one effect" : $"{width} effects")} at each of {levels} levels, and the data {rows} rows: the effects and the residuals cannot be told apart. Use fewer effects, leave the term out, or group by something that repeats."));
        }
    }
}
