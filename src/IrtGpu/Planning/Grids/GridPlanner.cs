using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Grids;

/// <summary>Chooses what was not asked for of the nodes: range and number.</summary>
/// <remarks>
/// The default nodes stand until a look at a fit (or at populations that are given) speaks against them: persons beyond the ends, or a
/// spacing that posteriors are too narrow for. Then the range is six standard deviations about every population's mean, and the spacing the
/// one that makes the error small; beyond two dimensions, where that would multiply the nodes, the default spacing.
/// </remarks>
internal static class GridPlanner
{
    private const double LargestBeyond = 0.01; // persons beyond the nodes that do not matter,
    private const double LargestShareBeyond = 1e-6; // or their share
    private const double MissedShare = 0.5; // of a population beyond a range that was asked for: more nodes there are of no use
    private const double Reach = 6; // standard deviations about a mean
    private const double UnseenReach = 4.75; // beyond which is that share of a normal distribution
    private const double LargestError = 0.1; // of the log-likelihood on the nodes to begin with, before the spacing is changed
    private const double LargestErrorOnRevised = 0.01; // on others
    private const double WantedError = 0.002; // after a change
    private const double OutgrownShare = 0.01; // of a population beyond the nodes, at which a fit is not gone on with
    private const double ShareOfLost = 0.05; // of a population beyond an end, at which its mean and standard deviation tell little
    private const int WidenedRevisions = 2; // after which a population that has left the nodes again is looked for farther off
    private const double LargestGrowth = 1.5; // of the range on either side at once, as what lies beyond it is not well known
    private const double DensitySpacing = 0.5; // nodes a standard deviation of the narrowest population: e^−79
    private const double LargestDensitySpacing = 1.5; // 3e-4
    private const double Widening = 0.25; // of the range, where posteriors pile up at an end that the density does not reach
    private const int MostNodesOnLine = 2001;
    private const int MostNodesOfProduct = 40_000;
    private const int MostRefinedAttributes = 2;

    /// <summary>Nodes to begin with.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="shape">How lines of nodes make up the grid.</param>
    /// <param name="populations">Mean and standard deviation that each block has at the start. [block, attribute]</param>
    public static QuadratureGrid Begin(QuadratureSpecification asked, GridShape shape, IReadOnlyList<(double Mean, double Deviation)> populations)
    {
        QuadratureGrid grid = QuadratureGrid.Create(asked, shape);
        if (asked.IsStated || grid.Moves)
            return grid;
        bool isBeyond = asked.Low is null && populations.Any(population =>
            population.Mean - UnseenReach * population.Deviation < grid.Low || population.Mean + UnseenReach * population.Deviation > grid.High);
        if (!isBeyond && grid.Spacing <= LargestDensitySpacing * populations.Min(population => population.Deviation))
            return grid;
        (double low, double high) = Range(asked, populations);
        return QuadratureGrid.Create(
            asked with { Nodes = asked.Nodes ?? Odd(DensityNodes(shape.Width, low, high, populations, grid.Spacing), shape.Width), Low = low, High = high },
            shape, "from the populations that are given");
    }

    /// <summary>Better nodes than those of a fit; null where these will do or all was asked for.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="grid">The nodes of the fit.</param>
    /// <param name="populations">How populations lie on them; empty for moving nodes.</param>
    /// <param name="widths">How narrow posteriors are.</param>
    /// <param name="revisions">How often nodes were given up before.</param>
    /// <param name="describe">Words for a population.</param>
    public static (QuadratureSpecification Nodes, string Reason)? Revise(
        QuadratureSpecification asked, QuadratureGrid grid, IReadOnlyList<PopulationReach> populations, PosteriorWidths widths, int revisions, Func<PopulationReach, string> describe)
    {
        bool isMissed = asked.Low is not null && populations.Any(population => population.ShareBeyond > MissedShare);
        if (asked.IsStated || isMissed)
            return null;
        double total = populations.Where(population => population.Attribute == 0).Sum(population => population.Weight);
        double most = Math.Max(LargestBeyond, LargestShareBeyond * total);
        PopulationReach? far = asked.Low is null ? populations.Where(population => population.Below + population.Above > most).MaxBy(population => population.ShareBeyond) : null;
        double error = grid.Specification == asked.Resolve(grid.Shape.Width) ? LargestError : LargestErrorOnRevised;
        bool isCoarse = asked.Nodes is null && grid.Shape.Width <= MostRefinedAttributes && grid.NodesPerAttribute < MostNodes(grid.Shape.Width) && widths.Error > error;
        if (far is null && !isCoarse)
            return null;

        string reason = far is { } lost && (lost.Mean < grid.Low || lost.Mean > grid.High)
            ? FormattableString.Invariant($"{describe(lost)} was at the end of the nodes from {grid.Low:g4} to {grid.High:g4}")
            : far is { } reach
            ? FormattableString.Invariant($"{describe(reach)} with mean {reach.Mean:g3} and SD {reach.Deviation:g3} reached beyond the nodes from {grid.Low:g4} to {grid.High:g4}")
            : FormattableString.Invariant($"posteriors with an SD of {widths.Smallest:g2} were too narrow for {grid.NodesPerAttribute} nodes");
        QuadratureSpecification revised = grid.Moves ? RefineMoving(grid, widths) : Cover(asked, grid, populations, widths, most, LostShare(revisions));
        return revised == grid.Specification ? null : (revised, reason);
    }

    /// <summary>Whether a population is clearly beyond the nodes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">Its parameters.</param>
    public static bool IsOutgrown(CalibrationPlan plan, ParameterVector parameters) => plan.Blocks.Any(block =>
        Enumerable.Range(0, plan.AttributeCount).Any(j => PopulationReach.Of(
            plan.Grid, block.Index, j, parameters.Slots[block.FirstMeanSlot + j], Math.Sqrt(parameters.Slots[block.CovarianceSlot(j, j)]), 1, []).ShareBeyond > OutgrownShare));

    /// <summary>Parameters to go on from on better nodes: where a population was beyond the others, it begins where it is to be looked for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="before">The nodes that are given up.</param>
    /// <param name="populations">How populations lay on them.</param>
    /// <param name="revisions">How often nodes were given up before.</param>
    /// <param name="parameters">The parameters that were reached.</param>
    /// <returns>[free]</returns>
    public static double[] GoOn(CalibrationPlan plan, QuadratureGrid before, IReadOnlyList<PopulationReach> populations, int revisions, ParameterVector parameters)
    {
        double lostShare = LostShare(revisions);
        double[] free = (double[])parameters.Free.Clone();
        foreach (PopulationReach population in populations.Where(population => IsLost(before, population, lostShare)))
        {
            (double mean, double deviation) = Locate(before, population, lostShare);
            PlannedBlock block = plan.Blocks[population.Block];
            Set(block.FirstMeanSlot + population.Attribute, mean);
            for (int other = 0; other < plan.AttributeCount; other++)
                Set(block.CovarianceSlot(population.Attribute, other), other == population.Attribute ? deviation * deviation : 0);
        }
        return free;

        void Set(int slot, double value)
        {
            if (plan.Layout.CoefficientsOf(slot) is [1])
                free[plan.Layout.FreeOf(slot)[0]] = value;
        }
    }

    /// <summary>The spacing that is asked for where the error of a grid is too large, as a number of nodes.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="widths">How narrow posteriors are.</param>
    public static int EnoughNodes(QuadratureGrid grid, PosteriorWidths widths) => grid.Moves
        ? widths.Nodes(grid.NodesPerAttribute, QuadratureGrid.LargestMovingNodeCount, WantedError, MovingSpacing)
        : widths.Nodes(grid.NodesPerAttribute, 100 * grid.NodesPerAttribute, WantedError, nodes => (grid.High - grid.Low) / (nodes - 1));

    private static QuadratureSpecification RefineMoving(QuadratureGrid grid, PosteriorWidths widths) => grid.Specification with
    {
        Nodes = widths.Nodes(grid.NodesPerAttribute, Math.Min(QuadratureGrid.LargestMovingNodeCount, MostNodes(grid.Shape.Width)), WantedError, MovingSpacing),
    };

    private static double MovingSpacing(int nodes) => Math.PI / Math.Sqrt(nodes);

    private static QuadratureSpecification Cover(
        QuadratureSpecification asked, QuadratureGrid grid, IReadOnlyList<PopulationReach> populations, PosteriorWidths widths, double most, double lostShare)
    {
        (double Mean, double Deviation)[] moments = [.. populations.Select(population => Locate(grid, population, lostShare))];
        (double low, double high) = Range(asked, moments);
        double width = grid.High - grid.Low;
        low = Math.Max(low, grid.Low - LargestGrowth * width);
        high = Math.Min(high, grid.High + LargestGrowth * width);
        double step = Widening * width;
        if (asked.Low is null && low >= grid.Low && populations.Any(population => population.Below > most))
            low = grid.Low - step;
        if (asked.High is null && high <= grid.High && populations.Any(population => population.Above > most))
            high = grid.High + step;
        int nodes = DensityNodes(grid.Shape.Width, low, high, moments, grid.Spacing);
        if (grid.Shape.Width <= MostRefinedAttributes)
            nodes = widths.Nodes(nodes, Math.Max(nodes, MostNodes(grid.Shape.Width)), WantedError, count => (high - low) / (count - 1));
        return grid.Specification with { Nodes = asked.Nodes ?? Odd(nodes, grid.Shape.Width), Low = low, High = high };
    }

    /// <summary>
    /// Where a population is to be looked for: where it is, unless much of it is beyond the nodes. Then its persons are at their end, or
    /// anywhere beyond, and mean and standard deviation are those of a tail.
    /// </summary>
    private static (double Mean, double Deviation) Locate(QuadratureGrid grid, PopulationReach population, double lostShare)
    {
        if (!IsLost(grid, population, lostShare))
            return (population.Mean, population.Deviation);
        double width = grid.High - grid.Low;
        double low = population.Mean < grid.Low || population.Below > lostShare * population.Weight ? grid.Low - LargestGrowth * width : grid.Low;
        double high = population.Mean > grid.High || population.Above > lostShare * population.Weight ? grid.High + LargestGrowth * width : grid.High;
        return ((low + high) / 2, (high - low) / (2 * Reach));
    }

    private static double LostShare(int revisions) => revisions < WidenedRevisions ? ShareOfLost : OutgrownShare / 2;

    private static bool IsLost(QuadratureGrid grid, PopulationReach population, double lostShare) =>
        population.Mean < grid.Low || population.Mean > grid.High || Math.Max(population.Below, population.Above) > lostShare * population.Weight;

    private static (double Low, double High) Range(QuadratureSpecification asked, IReadOnlyList<(double Mean, double Deviation)> populations) =>
        (asked.Low ?? populations.Min(population => population.Mean - Reach * population.Deviation),
        asked.High ?? populations.Max(population => population.Mean + Reach * population.Deviation));

    /// <summary>Nodes that hold every population's density, at least the default number; beyond two dimensions at the spacing there was.</summary>
    private static int DensityNodes(int width, double low, double high, IReadOnlyList<(double Mean, double Deviation)> populations, double spacing)
    {
        double wanted = DensitySpacing * populations.Min(population => population.Deviation);
        if (width > MostRefinedAttributes)
            wanted = Math.Max(wanted, spacing);
        int fewest = QuadratureSpecification.DefaultNodes(width);
        double nodes = Math.Ceiling((high - low) / wanted - 1e-9) + 1;
        return nodes >= MostNodes(width) ? Math.Max(fewest, MostNodes(width)) : Math.Max(fewest, (int)nodes);
    }

    private static int MostNodes(int width) =>
        width == 1 ? MostNodesOnLine : (int)Math.Pow(MostNodesOfProduct, 1.0 / width);

    private static int Odd(int nodes, int width) => nodes % 2 == 1 || nodes >= MostNodes(width) ? nodes : nodes + 1;
}
