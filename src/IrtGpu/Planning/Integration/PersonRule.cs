using IrtGpu.Foundation.Integration;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Integration;

/// <summary>The rule that is laid about each person's own mode.</summary>
/// <remarks>
/// Adaptive quadrature takes the product of Gauss–Hermite nodes in one to three dimensions (11, 9 and 7 of them in each) and spheres of
/// degree 7 at three radii in four to eight: 144, 246, 408, 678 and 1,104 nodes. Posteriors have longer tails than the normal density, and with two radii slopes are a tenth
/// of a standard error of 2,000 persons too large. From nine to twenty dimensions spheres are of degree 5 at two radii, 292 nodes in nine, 552 in ten, 2,128 in twenty: with a third
/// one, far out and with few directions, the rule errs upwards where answers say little, and EM goes there.
/// Quasi-Monte-Carlo takes lattices of 1,024 points.
/// </remarks>
/// <param name="Kind">Its family.</param>
/// <param name="Dimension">J.</param>
/// <param name="Size">Nodes a dimension of a product, degree of spheres, points of a lattice.</param>
/// <param name="Reason">Why this one.</param>
public sealed record PersonRule(PersonRuleKind Kind, int Dimension, int Size, string Reason)
{
    private const int MostProductNodes = 20_000;
    private const int MostPoints = 65_536;
    private const int MostDimensions = 60;
    private const int DefaultPoints = 1024;
    private const string Final = "for log-likelihood and scores at the estimates";
    private const int Variants = 16; // turned or shifted: what one of them errs by, others make good, over many persons
    private const int Seed = 2005;
    private const int CheckNodes = 1024;
    private const int CheckVariants = 8;

    /// <summary>Which of the random turns or shifts: others show by how much results depend on them.</summary>
    internal int Randomization { get; init; }

    /// <summary>Number of nodes of a person.</summary>
    public int NodeCount => Kind switch
    {
        PersonRuleKind.Product => (int)Math.Pow(Size, Dimension),
        PersonRuleKind.Spheres => SphericalRadial.Count(Dimension, Radii),
        PersonRuleKind.Lattice => Size,
        _ => throw NoRule(),
    };

    private int Radii => SphericalRadial.Degree(Dimension) == 7 ? 3 : 2;

    /// <summary>The family's name.</summary>
    public string Name => Kind switch
    {
        PersonRuleKind.Product => "gauss-hermite",
        PersonRuleKind.Spheres => "spheres",
        PersonRuleKind.Lattice => "lattice",
        _ => throw NoRule(),
    };

    /// <summary>Whether a method has a rule for so many dimensions.</summary>
    /// <param name="method">Adaptive quadrature or quasi-Monte-Carlo.</param>
    /// <param name="dimension">J.</param>
    internal static bool Takes(IntegrationMethod method, int dimension) => dimension <= (method == IntegrationMethod.Adaptive ? SphericalRadial.Most : MostDimensions);

    /// <summary>The rule of a specification that asks for one.</summary>
    /// <param name="specification">The model, its nodes, its method of integration.</param>
    /// <param name="problems">Receives why there is none.</param>
    internal static PersonRule Of(ModelSpecification specification, List<string> problems)
    {
        int dimension = specification.Attributes.Count;
        QuadratureSpecification asked = specification.Quadrature;
        string method = specification.Integration.Name();
        if (asked.Low is not null || asked.High is not null)
            problems.Add(FormattableString.Invariant($"--range {asked.Low},{asked.High} is for nodes on fixed lines, but those of --integration {method} lie about each person's own mode. Leave it out."));
        return specification.Integration == IntegrationMethod.Qmc ? Lattice(asked, dimension, problems) : Quadrature(asked, dimension, problems);
    }

    /// <summary>The rule for log-likelihood and scores at estimates that draws have found: one E-step, so it may have many nodes.</summary>
    /// <param name="dimension">J.</param>
    public static PersonRule AtTheEnd(int dimension) => dimension switch
    {
        1 => new(PersonRuleKind.Product, 1, 21, Final),
        2 => new(PersonRuleKind.Product, 2, 11, Final),
        3 => new(PersonRuleKind.Product, 3, 7, Final),
        _ => new(PersonRuleKind.Lattice, dimension, DefaultPoints, Final),
    };

    /// <summary>The rules that persons share, alike but for turns or shifts, which are the same in every run.</summary>
    internal NormalRule[] Create()
    {
        StreamRandom random = new(Seed + Randomization, Dimension);
        return Kind switch
        {
            PersonRuleKind.Product => [NormalRule.Product(Size, Dimension)],
            PersonRuleKind.Spheres => Turn(Radii, Variants, random),
            PersonRuleKind.Lattice => LatticeRules.Create(Size, Dimension, Variants, () => random.NextUniform()),
            _ => throw NoRule(),
        };
    }

    /// <summary>Richer rules, all of which each person gets: their mean tells the error of this rule, and how they differ that of the mean.</summary>
    internal NormalRule[] CreateRicher()
    {
        StreamRandom random = new(Seed + Randomization, -1 - Dimension);
        return Kind switch
        {
            PersonRuleKind.Product when Math.Pow(Size + 6, Dimension) <= MostProductNodes => [NormalRule.Product(Size + 6, Dimension)],
            PersonRuleKind.Spheres => Turn(Radii + 1, CheckVariants, random),
            PersonRuleKind.Product => LatticeRules.Create(CheckNodes, Dimension, CheckVariants, () => random.NextUniform()),
            PersonRuleKind.Lattice => LatticeRules.Create(Math.Max(CheckNodes, 2 * Size), Dimension, CheckVariants, () => random.NextUniform()),
            _ => throw NoRule(),
        };
    }

    private NormalRule[] Turn(int radii, int count, StreamRandom random)
    {
        NormalRule rule = SphericalRadial.Create(Dimension, radii);
        return [.. Enumerable.Range(0, count).Select(_ => rule.Rotate(RandomRotation.Create(Dimension, () => random.NextNormal())))];
    }

    private static PersonRule Quadrature(QuadratureSpecification asked, int dimension, List<string> problems)
    {
        if (!Takes(IntegrationMethod.Adaptive, dimension))
        {
            problems.Add($"--integration adaptive has rules for one to {SphericalRadial.Most} dimensions, not for {dimension}: nodes of quadrature grow too fast beyond. Use --integration qmc.");
            return new PersonRule(PersonRuleKind.Spheres, SphericalRadial.Most, SphericalRadial.Degree(SphericalRadial.Most), "");
        }
        if (asked.Nodes is null && asked.Rule != QuadratureRule.GaussHermite && dimension > SphericalRadial.Fewest)
            return new PersonRule(PersonRuleKind.Spheres, dimension, SphericalRadial.Degree(dimension), $"degree {SphericalRadial.Degree(dimension)}, the default in {dimension} dimensions");
        int nodes = asked.Nodes ?? dimension switch { 1 => 11, 2 => 9, 3 => 7, _ => 3 };
        if (Math.Pow(nodes, dimension) > MostProductNodes)
        {
            problems.Add(FormattableString.Invariant(
                $"--nodes {nodes} in each of {dimension} dimensions are {Math.Pow(nodes, dimension):g3} nodes a person, more than the {MostProductNodes} that are handled. Lower --nodes, or leave it out."));
        }
        string reason = asked.Nodes is null ? "the default" : "as asked for";
        return new PersonRule(PersonRuleKind.Product, dimension, nodes, FormattableString.Invariant($"{nodes} a dimension about each person's mode, {reason}"));
    }

    private static PersonRule Lattice(QuadratureSpecification asked, int dimension, List<string> problems)
    {
        if (!Takes(IntegrationMethod.Qmc, dimension))
            problems.Add($"--integration qmc has points in up to {MostDimensions} dimensions, not in {dimension}. Use fewer attributes.");
        if (asked.Rule == QuadratureRule.GaussHermite)
            problems.Add("--quadrature gauss-hermite is for --integration grid or adaptive; --integration qmc has points of its own. Leave it out.");
        int wanted = asked.Nodes ?? DefaultPoints;
        if (wanted > MostPoints)
            problems.Add($"--nodes {wanted} is too many: at most {MostPoints} points a person are handled by --integration qmc.");
        int points = 16;
        while (points < wanted && points < MostPoints)
            points *= 2;
        string reason = asked.Nodes is null ? "the default" : points == wanted ? "as asked for" : $"the power of 2 from the {wanted} asked for";
        return new PersonRule(PersonRuleKind.Lattice, dimension, points, $"about each person's mode, {reason}");
    }

    private InvalidOperationException NoRule() => new($"There is no rule of kind {Kind}.");
}
