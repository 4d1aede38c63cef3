using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Quadrature;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>How many nodes a dimension, what they cost, and whether they are enough.</summary>
internal static class NodeCount
{
    private const double MostNodes = 1 << 20; // of a level
    private const double MostWork = 2e10; // nodes times units of an E-step: about ten seconds
    private const double SelfChosenWork = 3e8; // likewise, where nobody asked for so many nodes
    private const double Enough = 1e-3; // error of the log-likelihood
    private const double WorthSaying = 1e-2;

    private static readonly int[] Defaults = [15, 11, 9, 7, 5, 5]; // by dimension

    /// <summary>Nodes a dimension.</summary>
    public static int Choose(MixtureProblem problem, LevelSetup setup)
    {
        int dimensions = Dimensions(problem, setup);
        int nodes = problem.Options.Nodes ?? Defaults[Math.Min(dimensions, Defaults.Length) - 1];
        double all = Math.Pow(nodes, dimensions);
        double work = all * problem.Data.UnitCount;
        if (all <= MostNodes && work <= MostWork)
            return nodes;
        bool isShared = problem.Layout.Shape.SharesEffects;
        int largest = (int)Math.Floor(Math.Pow(Math.Min(MostNodes, MostWork / problem.Data.UnitCount), 1.0 / dimensions));
        string fewer = largest >= 3 ? FormattableString.Invariant($"Use --nodes {largest} or fewer, and heed the error that is reported") : "No useful number of nodes fits";
        throw problem.Frame.Rows.Failure(FormattableString.Invariant(
            $"Effects of {dimensions} dimensions a level ({problem.Layout.Shape.Effects.Count} effects{(isShared ? "" : $" in each of {problem.Layout.ClassCount} classes")}) with {nodes} nodes a dimension are {all:g3} nodes a level, {work:g3} terms an E-step; {MostNodes:g3} and {MostWork:g2} are the most. ")
            + $"{fewer}; or give all classes one set of effects with --effects shared; use fewer effects or classes; or, where whole levels are of one class, --membership {problem.Layout.Shape.EffectGroup}, which needs no integration.");
    }

    /// <summary>More nodes a dimension where the error is more than it should be and they do not take too long; null where those at hand stay.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="integration">The error.</param>
    public static int? Raise(MixtureProblem problem, LevelSetup setup, Integration integration)
    {
        bool isEnough = integration.Error is not { } error || Math.Abs(error) <= Enough;
        if (problem.Options.Nodes is not null || isEnough || integration.MoreNodes is not { } more)
            return null;
        double all = Math.Pow(more, Dimensions(problem, setup));
        return all <= MostNodes && all * problem.Data.UnitCount <= SelfChosenWork ? more : null;
    }

    /// <summary>The log-likelihood with more nodes.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="model">As estimated.</param>
    /// <param name="full">Estimates. [slot]</param>
    public static Integration Check(MixtureProblem problem, LevelSetup setup, QuadratureLevels model, double[] full)
    {
        int dimensions = Dimensions(problem, setup);
        int more = model.Nodes + Math.Max(2, (model.Nodes + 3) / 6 * 2);
        double all = Math.Pow(more, dimensions);
        if (all > 4 * MostNodes || all * problem.Data.UnitCount > 4 * MostWork)
        {
            return new Integration(model.Nodes, dimensions, null, null, FormattableString.Invariant(
                $"The error of integration over {model.Nodes} nodes in each of {dimensions} dimensions was not checked: more nodes take too long. Compare with --effects shared, or with fewer effects."));
        }
        LevelParameters parameters = setup.Coordinates.Parameters(full);
        double[][] logPrior = setup.Classes.LogPrior(setup.Coordinates.ClassCoefficients(full));
        double? error = model.WithNodes(more).Place(parameters, logPrior).TryExpect(parameters, logPrior)?.LogLikelihood - model.TryExpect(parameters, logPrior)?.LogLikelihood;
        string? advice = error is { } known && Math.Abs(known) > WorthSaying
            ? FormattableString.Invariant($"With {more} in place of {model.Nodes} nodes a dimension the log-likelihood at the estimates changes by {known:g2}. Repeat with --nodes {more} and compare.")
            : null;
        return new Integration(model.Nodes, dimensions, more, error, advice);
    }

    private static int Dimensions(MixtureProblem problem, LevelSetup setup) => problem.Layout.Shape.Effects.Count * setup.Coordinates.SetCount;
}
