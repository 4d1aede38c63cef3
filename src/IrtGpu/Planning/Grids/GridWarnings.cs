namespace IrtGpu.Planning.Grids;

/// <summary>What a careful reader would notice of populations and posteriors on the nodes that stay.</summary>
internal static class GridWarnings
{
    private const double LargestShareBeyond = 1e-3;
    private const double LargestDistortion = 0.1; // of the standard deviation
    private const double SmallestDeviation = 0.1; // of that of the density
    private const double LargestError = 1; // of the log-likelihood

    /// <summary>The sentences.</summary>
    /// <param name="grid">The nodes.</param>
    /// <param name="populations">How populations lie on them; empty for moving nodes.</param>
    /// <param name="widths">How narrow posteriors are.</param>
    /// <param name="describe">Words for a population.</param>
    public static IReadOnlyList<string> Of(
        QuadratureGrid grid, IReadOnlyList<PopulationReach> populations, PosteriorWidths widths, Func<PopulationReach, string> describe)
    {
        List<string> warnings = [];
        foreach (PopulationReach population in populations.Where(population => population.Weight > 0))
        {
            if (IsApart(grid, population))
                warnings.Add(DescribeDistortion(grid, population, describe));
            else if (population.ShareBeyond > LargestShareBeyond)
                warnings.Add(DescribeBeyond(grid, population, describe));
        }
        if (warnings.Count > 0)
            return warnings;
        double error = widths.Error;
        if (error > LargestError)
        {
            warnings.Add(FormattableString.Invariant(
                $"The nodes are too far apart for the narrowest posteriors (spacing {grid.Spacing:g3}{(grid.Moves ? " SDs of the population" : "")}, smallest posterior SD about {widths.Smallest:g2}): ")
                + FormattableString.Invariant($"the log-likelihood is uncertain by about {error:g2}. Give --nodes {GridPlanner.EnoughNodes(grid, widths)}")
                + (grid.Moves ? ", or --quadrature rectangular." : "."));
        }
        return warnings;
    }

    /// <summary>Why fixed populations cannot be computed on nodes that were asked for; none where they can.</summary>
    /// <param name="grid">The nodes.</param>
    /// <param name="populations">Populations that do not change.</param>
    /// <param name="describe">Words for a population.</param>
    public static IEnumerable<string> Refusals(QuadratureGrid grid, IEnumerable<PopulationReach> populations, Func<PopulationReach, string> describe)
    {
        foreach (PopulationReach population in populations)
        {
            if (population.ShareBeyond > 0.5)
                yield return DescribeBeyond(grid, population, describe);
            else if (population.GridDeviation < SmallestDeviation * population.Deviation)
                yield return DescribeDistortion(grid, population, describe);
        }
    }

    /// <summary>Whether nodes are too far apart to hold a density, so that what lies beyond them cannot be told either.</summary>
    private static bool IsApart(QuadratureGrid grid, PopulationReach population) =>
        grid.Spacing > population.Deviation && Math.Abs(population.GridDeviation / population.Deviation - 1) > LargestDistortion;

    private static string DescribeBeyond(QuadratureGrid grid, PopulationReach population, Func<PopulationReach, string> describe) => FormattableString.Invariant(
        $"{Share(population.ShareBeyond)} of {describe(population)} (mean {population.Mean:g4}, SD {population.Deviation:g4}) lies beyond the nodes from {grid.Low:g4} to {grid.High:g4}, ")
        + FormattableString.Invariant($"so estimates and log-likelihood are not those of the model. Leave out --range, or give one about the population, such as --range={population.Mean - 6 * population.Deviation:g3},{population.Mean + 6 * population.Deviation:g3}.");

    private static string DescribeDistortion(QuadratureGrid grid, PopulationReach population, Func<PopulationReach, string> describe) => FormattableString.Invariant(
        $"On {grid.NodesPerAttribute} nodes from {grid.Low:g4} to {grid.High:g4} {describe(population)} has an SD of {population.GridDeviation:g3} in place of {population.Deviation:g4}: ")
        + FormattableString.Invariant($"they are {grid.Spacing:g3} apart. Give more --nodes, a narrower --range, or --quadrature gauss-hermite.");

    private static string Share(double share) => share > 0.5 ? FormattableString.Invariant($"Most ({100 * share:g3} %)") : FormattableString.Invariant($"A share of {100 * share:g2} %");
}
