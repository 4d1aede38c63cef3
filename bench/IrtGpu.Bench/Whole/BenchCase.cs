using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Whole;

/// <summary>A calibration to be timed.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Truth">What the data are drawn from.</param>
/// <param name="Specification">The model fitted.</param>
/// <param name="IsInQuick">Whether it is small enough to be scaled down for the quick run.</param>
internal sealed record BenchCase(string Name, TrueModel Truth, ModelSpecification Specification, bool IsInQuick = true)
{
    /// <summary>The cases of the suite <c>calibration</c>.</summary>
    /// <param name="isQuick">A twentieth of the persons.</param>
    public static IEnumerable<BenchCase> All(bool isQuick)
    {
        int Persons(int count) => isQuick ? count / 20 : count;
        yield return OneBlock("2PL, 10,000 × 50", ItemDraws.Test(ItemFunction.TwoParameter, 50), Persons(10_000), 61);
        yield return OneBlock("2PL, 100,000 × 100", ItemDraws.Test(ItemFunction.TwoParameter, 100), Persons(100_000), 61);
        yield return OneBlock("GPCM, 5 categories, 20,000 × 40", ItemDraws.Test(ItemFunction.GeneralizedPartialCredit, 40, 5), Persons(20_000), 61);
        yield return OneBlock("GRM, 5 categories, 20,000 × 40", ItemDraws.Test(ItemFunction.Graded, 40, 5), Persons(20_000), 61);
        yield return OneBlock("3PL, 50,000 × 60", ItemDraws.Test(ItemFunction.ThreeParameter, 60), Persons(50_000), 61);
        yield return OneBlock("2PL, 2 dimensions, 20,000 × 40", ItemDraws.Test(ItemFunction.TwoParameter, 40, 2, 2), Persons(20_000), 30);
        yield return OneBlock("2PL, 3 dimensions, 10,000 × 45", ItemDraws.Test(ItemFunction.TwoParameter, 45, 2, 3), Persons(10_000), 20) with { IsInQuick = false };
        yield return Groups(Persons(10_000));
        yield return Mixture(Persons(10_000));
    }

    private static BenchCase OneBlock(string name, TrueItem[] items, int personCount, int nodes)
    {
        int attributeCount = items[0].Slopes.Length;
        TrueModel truth = TrueModel.OfOneBlock(items, TruePopulation.Standard(attributeCount, attributeCount > 1 ? 0.5 : 0), personCount);
        return new BenchCase(name, truth, truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: nodes) });
    }

    private static BenchCase Groups(int personCount)
    {
        TrueItem[] items = ItemDraws.Test(ItemFunction.TwoParameter, 50);
        TrueModel truth = TrueModel.OfGroups(items, [TruePopulation.Standard(1), new([0.5], [1.2]), new([-0.5], [0.8])], personCount);
        return new BenchCase("2PL, 3 groups, 30,000 × 50", truth, truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: 61) });
    }

    private static BenchCase Mixture(int personCount)
    {
        TrueModel truth = TrueModel.OfTwoClasses(
            ItemDraws.Test(ItemFunction.TwoParameter, 40, seed: 1), ItemDraws.Test(ItemFunction.TwoParameter, 40, seed: 2), personCount);
        return new BenchCase("2PL, 2 latent classes, 10,000 × 40", truth, truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: 61) });
    }
}
