using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Quadrature;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>How many nodes a dimension, what they cost, and whether they are enough.</summary>
internal static class NodeCount
{
    private const double MostNodes = 1 << 20; // of a level
    private const double MostWork = 2e10; // nodes times units of an E-step: about ten seconds
    private const double SelfChosenWork = 3e8; // likewise, where nobody asked for so many nodes
    private const double Enough = 1e-6; // error of the log-likelihood of a level
    private const double WorthSaying = 100; // times as much

    private static readonly int[] Defaults = [15, 11, 9, 7]; // by dimension; more dimensions only where nodes are given

    /// <summary>Nodes a dimension.</summary>
    public static int Choose(MixtureProblem problem, LevelSetup setup)
    {
        int dimensions = Dimensions(problem, setup);
        int nodes = problem.Options.Nodes ?? Defaults[Math.Min(dimensions, Defaults.Length) - 1];
        double all = Math.Pow(nodes, dimensions);
        double work = all * problem.Data.UnitCount;
        if (all <= MostNodes && work <= MostWork && (problem.Options.Nodes is not null || dimensions <= Defaults.Length))
            return nodes;
        bool isShared = problem.Layout.Shape.SharesEffects;
        int largest = (int)Math.Floor(Math.Pow(Math.Min(MostNodes, MostWork / problem.Data.UnitCount), 1.0 / dimensions));
        string fewer = largest >= 3 ? FormattableString.Invariant($"Give --nodes {largest} or fewer and heed the error that is reported") : "No useful number of nodes fits";
        if (problem.Options.Nodes is null && dimensions > Defaults.Length)
        {
            throw problem.Frame.Rows.Failure(FormattableString.Invariant(
                $"Effects of {dimensions} dimensions a level ({problem.Layout.Shape.Effects.Count} effects{(isShared ? "" : $" in each of {problem.Layout.ClassCount} classes")}) are more than {Defaults.Length}, the most that are integrated unless --nodes is given: nodes grow with the power of the dimensions, and few of them are a poor likelihood. ")
                + Instead(problem) + $" {fewer}.");
        }
        throw problem.Frame.Rows.Failure(FormattableString.Invariant(
            $"Effects of {dimensions} dimensions a level ({problem.Layout.Shape.Effects.Count} effects{(isShared ? "" : $" in each of {problem.Layout.ClassCount} classes")}) with {nodes} nodes a dimension are {all:g3} nodes a level, {work:g3} terms an E-step; {MostNodes:g3} and {MostWork:g2} are the most. ")
            + Instead(problem) + $" {fewer}.");
    }

    private static string Instead(MixtureProblem problem) =>
        $"Give all classes one set of effects with --effects shared, use fewer effects or classes, or, where whole levels are of one class, --membership {problem.Layout.Shape.EffectGroup}, which needs no integration.";

    /// <summary>More nodes a dimension where the error is more than it should be and they do not take too long; null where those at hand stay.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="model">As estimated.</param>
    /// <param name="full">Estimates. [slot]</param>
    public static int? Raise(MixtureProblem problem, LevelSetup setup, QuadratureLevels model, double[] full)
    {
        if (problem.Options.Nodes is not null)
            return null;
        int dimensions = Dimensions(problem, setup);
        QuadratureLevels candidate = model;
        while (true)
        {
            int more = More(candidate.Nodes);
            double all = Math.Pow(more, dimensions);
            if (all > MostNodes || all * problem.Data.UnitCount > SelfChosenWork || Compare(setup, candidate, more, full) is not { } error || Math.Abs(error) <= Tolerance(model))
                return candidate.Nodes > model.Nodes ? candidate.Nodes : null;
            candidate = candidate.WithNodes(more);
        }
    }

    /// <summary>The log-likelihood with more nodes.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="setup">Its rows.</param>
    /// <param name="model">As estimated.</param>
    /// <param name="full">Estimates. [slot]</param>
    public static Integration Check(MixtureProblem problem, LevelSetup setup, QuadratureLevels model, double[] full)
    {
        int dimensions = Dimensions(problem, setup);
        int more = More(model.Nodes);
        double all = Math.Pow(more, dimensions);
        if (all > 4 * MostNodes || all * problem.Data.UnitCount > 4 * MostWork)
        {
            return new Integration(model.Nodes, dimensions, null, null, FormattableString.Invariant(
                $"The error of integration over {model.Nodes} nodes in each of {dimensions} dimensions was not checked: more nodes take too long. Compare with --effects shared, or with fewer effects."));
        }
        double? error = Compare(setup, model, more, full);
        string? advice = error is { } known && Math.Abs(known) > WorthSaying * Tolerance(model)
            ? FormattableString.Invariant($"With {more} in place of {model.Nodes} nodes a dimension the log-likelihood at the estimates changes by {known:g2}. Repeat with --nodes {more} and compare.")
            : null;
        return new Integration(model.Nodes, dimensions, more, error, advice);
    }

    private static int More(int nodes) => nodes + Math.Max(2, (nodes + 3) / 6 * 2);

    private static double Tolerance(QuadratureLevels model) => Enough * model.LevelCount;

    /// <summary>What the log-likelihood changes by with more nodes; null where one of them is no number.</summary>
    private static double? Compare(LevelSetup setup, QuadratureLevels model, int more, double[] full)
    {
        LevelParameters parameters = setup.Coordinates.Parameters(full);
        double[][] logPrior = setup.Classes.LogPrior(setup.Coordinates.ClassCoefficients(full));
        return model.WithNodes(more).TryExpect(parameters, logPrior)?.LogLikelihood - model.TryExpect(parameters, logPrior)?.LogLikelihood;
    }

    private static int Dimensions(MixtureProblem problem, LevelSetup setup) => problem.Layout.Shape.Effects.Count * setup.Coordinates.SetCount;
}
