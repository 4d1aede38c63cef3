using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Cycles;

/// <summary>A kind of model whose cycles are counted.</summary>
/// <param name="Name">As <c>--case</c> takes it.</param>
/// <param name="Description">For tables.</param>
/// <param name="Goal">E-steps that the default acceleration should not need more of, in the median.</param>
/// <param name="Create">Draws the items from a seed; the second argument divides the persons.</param>
internal sealed record CyclesCase(string Name, string Description, int Goal, Func<int, int, (TrueModel Truth, ModelSpecification Specification)> Create)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CyclesCase> All { get; } =
    [
        new("2pl", "2PL, 20,000 × 50", 12, (seed, share) => OneBlock(ItemDraws.Test(ItemFunction.TwoParameter, 50, seed: seed), 20_000 / share)),
        new("gpcm", "GPCM, 4 categories, 5,000 × 20", 12, (seed, share) => OneBlock(ItemDraws.Test(ItemFunction.GeneralizedPartialCredit, 20, 4, seed: seed), 5_000 / share)),
        new("3pl", "3PL, prior on g, 10,000 × 40", 20, (seed, share) => ThreeParameter(seed, 10_000 / share)),
        new("3pl-free", "3PL, no prior, 10,000 × 40", 20, (seed, share) => OneBlock(ItemDraws.Test(ItemFunction.ThreeParameter, 40, seed: seed), 10_000 / share)),
        new("groups", "2PL, 3 groups, 5,000 × 30", 15, (seed, share) => Groups(seed, 5_000 / share)),
        new("2dim", "2PL, 2 dimensions, correlation free, 3,000 × 20", 20, (seed, share) => TwoDimensions(seed, 3_000 / share)),
        new("mixture", "2PL, 2 latent classes from random starts, 4,000 × 20", 40, (seed, share) => Mixture(seed, 4_000 / share)),
    ];

    private static (TrueModel, ModelSpecification) OneBlock(TrueItem[] items, int personCount)
    {
        TrueModel truth = TrueModel.OfOneBlock(items, TruePopulation.Standard(1), personCount);
        return (truth, truth.Specification());
    }

    private static (TrueModel, ModelSpecification) ThreeParameter(int seed, int personCount)
    {
        (TrueModel truth, ModelSpecification specification) = OneBlock(ItemDraws.Test(ItemFunction.ThreeParameter, 40, seed: seed), personCount);
        return (truth, specification with { Priors = [new ParameterPrior("*", "g", PriorDistribution.Normal, -1.4, 0.7)] });
    }

    private static (TrueModel, ModelSpecification) Groups(int seed, int personCount)
    {
        TrueItem[] items = ItemDraws.Test(ItemFunction.TwoParameter, 30, seed: seed);
        TrueModel truth = TrueModel.OfGroups(items, [TruePopulation.Standard(1), new([0.4], [1.2]), new([0.8], [1.4])], personCount / 3);
        return (truth, truth.Specification());
    }

    private static (TrueModel, ModelSpecification) TwoDimensions(int seed, int personCount)
    {
        TrueModel truth = TrueModel.OfOneBlock(ItemDraws.Test(ItemFunction.TwoParameter, 20, 2, 2, seed), TruePopulation.Standard(2, 0.6), personCount);
        return (truth, truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: 21) });
    }

    private static (TrueModel, ModelSpecification) Mixture(int seed, int personCount)
    {
        TrueModel truth = TrueModel.OfTwoClasses(
            ItemDraws.Test(ItemFunction.TwoParameter, 20, seed: seed), ItemDraws.Test(ItemFunction.TwoParameter, 20, seed: seed + 1000), personCount);
        return (truth, truth.Specification());
    }
}
