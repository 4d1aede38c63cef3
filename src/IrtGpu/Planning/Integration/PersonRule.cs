using IrtGpu.Foundation.Integration;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Planning.Integration;

/// <summary>Families of rules for the posterior of one person.</summary>
internal enum PersonRuleKind
{
    /// <summary>All combinations of Gauss–Hermite nodes.</summary>
    Product,

    /// <summary>Spheres of degree 7 at two radii.</summary>
    Spheres,

    /// <summary>Randomly shifted lattices with their mirror images.</summary>
    Lattice,
}

/// <summary>The rule that is laid about each person's own mode.</summary>
/// <param name="Kind">Its family.</param>
/// <param name="Dimension">J.</param>
/// <param name="Size">Nodes a dimension of a product, nodes of a lattice, 7 with spheres.</param>
internal sealed record PersonRule(PersonRuleKind Kind, int Dimension, int Size)
{
    private const int Variants = 16; // turned or shifted: what one of them errs by, others make good, over many persons
    private const int Seed = 20050331;
    private const int CheckNodes = 1024;
    private const int CheckVariants = 8;

    /// <summary>The rules that persons share, alike but for turns or shifts, which are the same in every run.</summary>
    public NormalRule[] Create()
    {
        StreamRandom random = new(Seed, Dimension);
        return Kind switch
        {
            PersonRuleKind.Product => [NormalRule.Product(Size, Dimension)],
            PersonRuleKind.Spheres => [.. Enumerable.Range(0, Variants).Select(_ => SphericalRadial.Degree7(Dimension).Rotate(RandomRotation.Create(Dimension, () => random.NextNormal())))],
            PersonRuleKind.Lattice => LatticeRules.Create(Size, Dimension, Variants, () => random.NextUniform()),
            _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "There is no such rule."),
        };
    }

    /// <summary>Richer rules, all of which each person gets: their mean tells the error of this rule, and how they differ that of the mean.</summary>
    public NormalRule[] CreateRicher()
    {
        StreamRandom random = new(Seed, -1 - Dimension);
        return Kind == PersonRuleKind.Product && Math.Pow(Size + 4, Dimension) <= 20_000
            ? [NormalRule.Product(Size + 4, Dimension)]
            : LatticeRules.Create(Math.Max(CheckNodes, Kind == PersonRuleKind.Lattice ? 2 * Size : 0), Dimension, CheckVariants, () => random.NextUniform());
    }
}
