using IrtGpu.Specification;

namespace IrtGpu.Planning.Grids;

/// <summary>What a fit shows of the nodes it was made on: whether they reach as far as the populations, and are as dense as the posteriors ask for.</summary>
public sealed record GridLook
{
    internal GridLook()
    {
    }

    /// <summary>The populations on fixed nodes, by block and attribute; empty for nodes that move with them.</summary>
    public required IReadOnlyList<PopulationReach> Populations { get; init; }

    /// <summary>
    /// Smallest standard deviation of a posterior in one dimension, in the unit of <see cref="QuadratureGrid.Spacing"/>; NaN where there
    /// is no posterior.
    /// </summary>
    public required double SmallestPosteriorDeviation { get; init; }

    /// <summary>Likely size of the error that the spacing makes in the log-likelihood.</summary>
    public required double SpacingError { get; init; }

    /// <summary>Nodes to go on with from the estimates, of what was not asked for; null: these will do, or all was asked for.</summary>
    public required QuadratureSpecification? Better { get; init; }

    /// <summary>Why those are better; empty where there are none.</summary>
    public required string BetterReason { get; init; }

    /// <summary>Sentences about the nodes that the user should read, if these stay.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Largest share of a population beyond the nodes; 0 for moving ones.</summary>
    public double ShareBeyond => Populations.Count == 0 ? 0 : Populations.Max(population => population.ShareBeyond);
}
