using IrtGpu.Planning.Grids;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Integration;

/// <summary>How a calibration integrates over its attributes, and why so: decided here once, carried by the plan.</summary>
public sealed record IntegrationChoice
{
    private IntegrationChoice(IntegrationMethod method, string reason)
    {
        Method = method;
        Reason = reason;
    }

    /// <summary>The method; never <see cref="IntegrationMethod.Auto"/>.</summary>
    public IntegrationMethod Method { get; }

    /// <summary>Why, in words that go on from the method's name.</summary>
    public string Reason { get; }

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

    /// <summary>Chooses.</summary>
    /// <param name="specification">What was asked for.</param>
    /// <param name="problems">Receives why it cannot be.</param>
    internal static IntegrationChoice Of(ModelSpecification specification, List<string> problems)
    {
        IntegrationMethod asked = specification.Integration;
        if (!IntegrationMethods.Offered.Contains(asked))
            problems.Add($"--integration {asked.Name()} is not in this version. It takes {string.Join(", ", IntegrationMethods.Offered.Select(method => method.Name()))}.");
        if (asked is not (IntegrationMethod.Auto or IntegrationMethod.Grid))
            return new IntegrationChoice(asked, "as asked for");
        if (QuadratureGrid.ProductRefusal(specification.Quadrature, specification.Attributes.Count) is { } refusal)
            problems.Add(refusal);
        return new IntegrationChoice(IntegrationMethod.Grid, asked == IntegrationMethod.Grid ? "as asked for" : "the product of the nodes is small enough");
    }

    /// <summary>How the nodes of the method are laid out.</summary>
    /// <param name="attributeCount">J.</param>
    internal GridShape Shape(int attributeCount) => Method == IntegrationMethod.Grid ? GridShape.Product(attributeCount) : GridShape.Lines(attributeCount, 1);
}
