using IrtGpu.Foundation.Documents;
using IrtGpu.Planning.Grids;

namespace IrtGpu.Reporting.Documents;

/// <summary>The nodes in <c>fit.json</c>.</summary>
/// <param name="Rule"><c>rectangular</c> or <c>gauss-hermite</c>; about the modes of persons <c>gauss-hermite</c>, <c>spheres</c> or <c>lattice</c>.</param>
/// <param name="Nodes">Nodes a dimension; degree of spheres, points of a lattice.</param>
/// <param name="Low">Lowest node of the rectangular rule; null for moving nodes.</param>
/// <param name="High">Highest node of the rectangular rule; null for moving nodes.</param>
/// <param name="Count">Nodes in all, or of each person where they follow persons; null where they are not multiplied out.</param>
/// <param name="DroppedMass">Weight of the nodes that pruning dropped.</param>
public sealed record QuadratureSummary(string Rule, int Nodes, double? Low, double? High, int? Count, double DroppedMass)
{
    /// <summary>Why these nodes.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Distance of neighbouring nodes; of moving ones in the middle, in standard deviations of the population.</summary>
    public double? Spacing { get; init; }

    /// <summary>Smallest standard deviation of a posterior, in the unit of the spacing.</summary>
    public double? SmallestPosteriorSd { get; init; }

    /// <summary>Likely size of the error that the spacing makes in the log-likelihood.</summary>
    public double? SpacingError { get; init; }

    /// <summary>Largest share of a population beyond the lowest and highest nodes.</summary>
    public double? ShareBeyond { get; init; }

    /// <summary>Fits on nodes that were given up for these, in order.</summary>
    public IReadOnlyList<GridRound> Rounds { get; init; } = [];

    internal static QuadratureSummary Of(CalibrationResult result)
    {
        if (result.Plan.Integration.PersonRule is { } rule)
            return new QuadratureSummary(rule.Name, rule.Size, null, null, rule.NodeCount, 0) { Reason = rule.Reason };
        QuadratureGrid grid = result.Plan.Grid;
        GridLook? look = result.Grid;
        return new QuadratureSummary(
            grid.Moves ? "gauss-hermite" : "rectangular", grid.NodesPerAttribute, grid.Moves ? null : grid.Low, grid.Moves ? null : grid.High, grid.Shape.IsProduct ? grid.NodeCount : null, grid.DroppedMass)
        {
            Reason = grid.Reason,
            Spacing = grid.Spacing,
            SmallestPosteriorSd = JsonSettings.Finite(look?.SmallestPosteriorDeviation ?? double.NaN),
            SpacingError = JsonSettings.Finite(look?.SpacingError ?? double.NaN),
            ShareBeyond = JsonSettings.Finite(look?.ShareBeyond ?? double.NaN),
            Rounds = result.GridRounds,
        };
    }
}
