using IrtGpu.Planning.Grids;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Integration;

/// <summary>How a calibration integrates over its attributes, and why so: decided here once, carried by the plan.</summary>
public sealed record IntegrationChoice
{
    private const int LargestReducedCount = 1_000_000; // nodes of one sum

    private const int FewestAdaptive = 4; // attributes from which the default grid has 9 nodes in each or fewer, too few for posteriors as narrow as long tests leave
    private const int FewestDrawn = 6; // attributes of an exploration, from which draws take a third of the time or less
    private const int MostDrawnParameters = 4000; // whose information matrix is inverted

    private IntegrationChoice(IntegrationMethod method, string reason)
    {
        Method = method;
        Reason = reason;
    }

    /// <summary>The method; never <see cref="IntegrationMethod.Auto"/>.</summary>
    public IntegrationMethod Method { get; }

    /// <summary>Why, in words that go on from the method's name.</summary>
    public string Reason { get; }

    /// <summary>The rule about each person's own mode; null where nodes do not follow persons.</summary>
    public PersonRule? PersonRule { get; private init; }

    /// <summary>Whether posteriors are at the nodes of one grid that all persons share, as much of what follows a calibration asks for.</summary>
    public bool HasSharedNodes => Method == IntegrationMethod.Grid;

    /// <summary>Whether nodes lie on fixed lines, so that populations can leave them and posteriors be too narrow for them.</summary>
    internal bool FollowsLines => Method is IntegrationMethod.Grid or IntegrationMethod.Reduced;

    /// <summary>Why something that needs shared nodes is not there; null where it is.</summary>
    /// <param name="what">What it is, in the plural: <c>Item statistics</c>.</param>
    internal string? RefusalOf(string what) => HasSharedNodes
        ? null
        : $"{what} go over the nodes of a grid that all persons share, which --integration {Method.Name()} does not have. Use --integration grid, with as few --nodes as it takes.";

    /// <summary>Fails where posteriors share no nodes.</summary>
    /// <param name="what">What needs them, in the plural.</param>
    /// <exception cref="SpecificationException">They share none.</exception>
    internal void RequireSharedNodes(string what)
    {
        if (RefusalOf(what) is { } refusal)
            throw new SpecificationException(refusal);
    }

    /// <summary>The order in which attributes are summed out; null where the method does not go by it.</summary>
    internal EliminationTree? Tree { get; private init; }

    /// <summary>Chooses.</summary>
    /// <param name="specification">What was asked for.</param>
    /// <param name="tree">What attributes have to do with each other.</param>
    /// <param name="problems">Receives why it cannot be.</param>
    internal static IntegrationChoice Of(ModelSpecification specification, EliminationTree tree, List<string> problems)
    {
        IntegrationMethod asked = specification.Integration;
        if (!IntegrationMethods.Offered.Contains(asked))
            problems.Add($"--integration {asked.Name()} is not in this version. It takes {string.Join(", ", IntegrationMethods.Offered.Select(method => method.Name()))}.");
        switch (asked)
        {
            case IntegrationMethod.Auto:
                return Choose(specification, tree, problems);
            case IntegrationMethod.Grid:
                AddProblem(problems, QuadratureGrid.ProductRefusal(specification.Quadrature, specification.Attributes.Count), specification, tree);
                return new IntegrationChoice(IntegrationMethod.Grid, "as asked for");
            case IntegrationMethod.Reduced:
                AddProblem(problems, ReductionRefusal(specification, tree), specification, tree);
                return new IntegrationChoice(IntegrationMethod.Reduced, $"as asked for; {Describe(specification, tree)}") { Tree = tree };
            case IntegrationMethod.Adaptive or IntegrationMethod.Qmc:
                return new IntegrationChoice(asked, "as asked for") { PersonRule = PersonRule.Of(specification, problems) };
            case IntegrationMethod.Stochastic:
                return new IntegrationChoice(asked, "as asked for") { PersonRule = PersonRule.AtTheEnd(specification.Attributes.Count) };
            default:
                return new IntegrationChoice(asked, "as asked for");
        }
    }

    /// <summary>How the nodes of the method are laid out.</summary>
    /// <param name="attributeCount">J.</param>
    internal GridShape Shape(int attributeCount) => Method == IntegrationMethod.Grid ? GridShape.Product(attributeCount) : GridShape.Lines(attributeCount, Tree?.Width ?? 1);

    /// <summary>The product where it is small enough, unless the model says that its attributes come apart.</summary>
    private static IntegrationChoice Choose(ModelSpecification specification, EliminationTree tree, List<string> problems)
    {
        int attributeCount = specification.Attributes.Count;
        string? noProduct = QuadratureGrid.ProductRefusal(specification.Quadrature, attributeCount);
        bool comesApart = tree.Width < attributeCount && ReductionRefusal(specification, tree) is null;
        if (comesApart && (specification.IsOrthogonal || noProduct is not null))
            return new IntegrationChoice(IntegrationMethod.Reduced, Describe(specification, tree)) { Tree = tree };
        bool isDefault = specification.Quadrature == new QuadratureSpecification();
        if (PrefersDraws(specification, tree.Steps.Sum(step => step.Items.Length)))
        {
            return new IntegrationChoice(IntegrationMethod.Stochastic, $"an exploration of {attributeCount} attributes converges sooner by draws than by nodes about each person's mode")
            {
                PersonRule = PersonRule.AtTheEnd(attributeCount),
            };
        }
        if (isDefault && noProduct is not null && specification.ClassCount == 1 && !PersonRule.Takes(IntegrationMethod.Adaptive, attributeCount))
        {
            return new IntegrationChoice(IntegrationMethod.Stochastic, $"{attributeCount} attributes that do not come apart are too many for nodes of quadrature")
            {
                PersonRule = PersonRule.AtTheEnd(attributeCount),
            };
        }
        if (attributeCount >= FewestAdaptive && PersonRule.Takes(IntegrationMethod.Adaptive, attributeCount) && isDefault)
        {
            return new IntegrationChoice(IntegrationMethod.Adaptive, $"a grid over {attributeCount} attributes has too few nodes in each")
            {
                PersonRule = PersonRule.Of(specification with { Integration = IntegrationMethod.Adaptive }, problems),
            };
        }
        AddProblem(problems, noProduct, specification, tree);
        return new IntegrationChoice(IntegrationMethod.Grid, attributeCount == 1 ? "there is one attribute" : "the product of the nodes is small enough");
    }

    /// <summary>Whether <see cref="IntegrationMethod.Auto"/> explores by draws: where slopes are many, EM at nodes about modes is slow twice, in steps and in standard errors.</summary>
    /// <param name="specification">What was asked for.</param>
    /// <param name="itemCount">Number of items.</param>
    internal static bool PrefersDraws(ModelSpecification specification, int itemCount) =>
        specification.Integration == IntegrationMethod.Auto && specification.IsExploratory && specification.ClassCount == 1 && specification.Quadrature == new QuadratureSpecification()
        && specification.Attributes.Count >= FewestDrawn && itemCount * (specification.Attributes.Count + 1L) <= MostDrawnParameters;

    private static string Describe(ModelSpecification specification, EliminationTree tree) => tree.Width == 1
        ? "no items or correlations join attributes"
        : $"at most {tree.Width} of {specification.Attributes.Count} attributes are summed over at once";

    private static string? ReductionRefusal(ModelSpecification specification, EliminationTree tree)
    {
        if (specification.Quadrature.Rule == QuadratureRule.GaussHermite)
            return "--integration reduced sums over fixed lines of nodes, and those of --quadrature gauss-hermite move with the population. Use --quadrature rectangular.";
        int nodes = specification.Quadrature.Resolve(tree.Width).Nodes!.Value;
        double product = Math.Pow(nodes, tree.Width);
        if (product <= LargestReducedCount)
            return null;
        string names = string.Join(", ", tree.Widest.Separator.Append(tree.Widest.Attribute).Order().Select(attribute => specification.Attributes[attribute]));
        return FormattableString.Invariant(
            $"Items and correlations join {tree.Width} attributes ({names}), and {nodes} nodes in each are {product:g3}, more than the {LargestReducedCount} that --integration reduced sums over at once. Fix correlations at 0 (--orthogonal), lower --nodes, or leave the method out.");
    }

    /// <summary>Adds a problem, and what works in its place.</summary>
    private static void AddProblem(List<string> problems, string? problem, ModelSpecification specification, EliminationTree tree)
    {
        if (problem is null)
            return;
        string[] others =
        [
            .. IntegrationMethods.Offered.Where(method => method is not (IntegrationMethod.Auto or IntegrationMethod.Grid)
                && (method != IntegrationMethod.Reduced || (tree.Width < specification.Attributes.Count && ReductionRefusal(specification, tree) is null))
                && (method != IntegrationMethod.Stochastic || specification.ClassCount == 1)
                && (method is not (IntegrationMethod.Adaptive or IntegrationMethod.Qmc) || PersonRule.Takes(method, specification.Attributes.Count))
                && method != specification.Integration).Select(method => $"--integration {method.Name()}"),
        ];
        problems.Add(others.Length == 0 ? problem : $"{problem} Without such a product: {string.Join(" or ", others)}.");
    }
}
