using IrtGpu.Bench.Studies;
using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Mirt;

/// <summary>A model said twice: once for IrtGpu, once for mirt.</summary>
/// <param name="Name">For tables.</param>
/// <param name="ItemType">mirt's name of the item model.</param>
/// <param name="Syntax">Factors, correlations and priors, as mirt.model reads them.</param>
/// <param name="Truth">What the data are drawn from.</param>
/// <param name="Specification">The same model for IrtGpu.</param>
internal sealed record MirtCase(string Name, string ItemType, string Syntax, TrueModel Truth, ModelSpecification Specification)
{
    private const double PriorMean = -1.5; // of logit g
    private const double PriorSd = 0.5;

    /// <summary>Whether both begin at the truth; otherwise each at starting values of its own.</summary>
    /// <remarks>With latent classes the maximum that is found depends on the start.</remarks>
    public bool StartsAtTruth => Truth.ClassCount > 1;

    /// <summary>The cases of the suite.</summary>
    /// <param name="isQuick">One tiny case.</param>
    /// <param name="persons">Persons of every case; 0: each case's own number.</param>
    public static IEnumerable<MirtCase> All(bool isQuick, int persons)
    {
        int Persons(int own) => persons > 0 ? persons : own;
        if (isQuick)
        {
            yield return OneBlock("2PL", "2PL", ItemDraws.Test(ItemFunction.TwoParameter, 10), Persons(500), 31);
            yield break;
        }
        yield return OneBlock("2PL", "2PL", ItemDraws.Test(ItemFunction.TwoParameter, 50), Persons(10_000), 61);
        yield return OneBlock("GPCM, 5 categories", "gpcm", ItemDraws.Test(ItemFunction.GeneralizedPartialCredit, 30, 5), Persons(5_000), 61);
        yield return OneBlock("GRM, 5 categories", "graded", ItemDraws.Test(ItemFunction.Graded, 30, 5), Persons(5_000), 61);
        yield return WithPrior(OneBlock("3PL, prior on g", "3PL", ItemDraws.Test(ItemFunction.ThreeParameter, 40), Persons(10_000), 61));
        yield return OneBlock("2PL, 2 dimensions", "2PL", ItemDraws.Test(ItemFunction.TwoParameter, 40, 2, 2), Persons(5_000), 21);
        yield return Groups(Persons(9_000));
        yield return Classes(Persons(6_000));
    }

    private static MirtCase OneBlock(string name, string itemType, TrueItem[] items, int persons, int nodes)
    {
        int attributeCount = items[0].Slopes.Length;
        return Create(name, itemType, TrueModel.OfOneBlock(items, TruePopulation.Standard(attributeCount, attributeCount > 1 ? 0.5 : 0), persons), nodes);
    }

    private static MirtCase Groups(int persons)
    {
        TrueItem[] items = ItemDraws.Test(ItemFunction.TwoParameter, 40);
        TrueModel truth = TrueModel.OfGroups(items, [TruePopulation.Standard(1), new([0.5], [1.2]), new([-0.5], [0.8])], persons / 3);
        return Create("2PL, 3 groups", "2PL", truth, 61);
    }

    private static MirtCase Classes(int persons)
    {
        TrueModel truth = TrueModel.OfTwoClasses(
            ItemDraws.Test(ItemFunction.TwoParameter, 30, seed: 1), ItemDraws.Test(ItemFunction.TwoParameter, 30, seed: 2), persons);
        MirtCase one = Create("2PL, 2 latent classes", "2PL", truth, 61);
        return one with { Specification = TrueStart.Add(one.Specification, truth) };
    }

    private static MirtCase WithPrior(MirtCase one) => one with
    {
        Syntax = one.Syntax + FormattableString.Invariant($"\nPRIOR = (1-{one.Truth.ItemCount}, g, norm, {PriorMean}, {PriorSd})"),
        Specification = one.Specification with { Priors = [new ParameterPrior("*", "g", PriorDistribution.Normal, PriorMean, PriorSd)] },
    };

    private static MirtCase Create(string name, string itemType, TrueModel truth, int nodes) => new(
        FormattableString.Invariant($"{name}, {truth.PersonCount} × {truth.ItemCount}"), itemType, Factors(truth), truth,
        truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: nodes) });

    // "theta1 = 1,3,5", a line each, and free correlations.
    private static string Factors(TrueModel truth)
    {
        string[] names = truth.Attributes;
        List<string> lines = [];
        for (int j = 0; j < names.Length; j++)
            lines.Add($"{names[j]} = {string.Join(',', Enumerable.Range(0, truth.ItemCount).Where(item => truth.Item(item).Slopes[j] != 0).Select(item => item + 1))}");
        if (names.Length > 1)
            lines.Add($"COV = {string.Join('*', names)}");
        return string.Join('\n', lines);
    }
}
