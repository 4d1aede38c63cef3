using IrtGpu.Data;
using IrtGpu.Items;

namespace IrtGpu.Specification;

/// <summary>What to estimate, independent of any data set: functions, dimensions, groups, classes, constraints, priors.</summary>
/// <remarks>
/// Items are named by lists of names, globs and ranges (<see cref="ItemSelector"/>), resolved against the data when a
/// plan is made. Where several entries name the same thing, the later one wins.
/// </remarks>
public sealed record ModelSpecification
{
    /// <summary>Functions of items. Items named by none take 2pl with two categories and gpcm with more.</summary>
    public IReadOnlyList<FunctionAssignment> Functions { get; init; } = [];

    /// <summary>Scores s_m of the categories of GPCM-type items; default 0…M−1. A constant added to all scores of an item changes nothing.</summary>
    public IReadOnlyList<CategoryScores> CategoryScores { get; init; } = [];

    /// <summary>Names of the attributes (dimensions). [attribute]</summary>
    public IReadOnlyList<string> Attributes { get; init; } = ["theta"];

    /// <summary>Which attributes each item measures; null: all items measure all attributes. [item name → 0/1 per attribute]</summary>
    public IReadOnlyDictionary<string, int[]>? QMatrix { get; init; }

    /// <summary>Whether axes are identified by zeros in the slopes (a_ij = 0 for j &gt; i) and then rotated.</summary>
    public bool IsExploratory { get; init; }

    /// <summary>
    /// Items whose zeros fix the axes of an exploration: the k-th measures the first k attributes alone. Null: the first items of the data, and with
    /// stochastic approximation those whose loadings span the space best.
    /// </summary>
    public IReadOnlyList<string>? AxisItems { get; init; }

    /// <summary>Whether attributes are uncorrelated: all their covariances are fixed at 0, but for those that <see cref="Population"/> sets.</summary>
    public bool IsOrthogonal { get; init; }

    /// <summary>Number of latent classes K.</summary>
    public int ClassCount { get; init; } = 1;

    /// <summary><c>all</c>, <c>none</c> or an item list: items with equal parameters in all observed groups.</summary>
    public string EqualAcrossGroups { get; init; } = "all";

    /// <summary><c>all</c>, <c>none</c> or an item list: items with equal parameters in all latent classes.</summary>
    public string EqualAcrossClasses { get; init; } = "none";

    /// <summary>Items excepted from <see cref="EqualAcrossGroups"/>; null for none.</summary>
    public string? FreeItems { get; init; }

    /// <summary>Observed group whose population fixes the metric; null: the first.</summary>
    public string? ReferenceGroup { get; init; }

    /// <summary>Fixed, equal and start values of item parameters.</summary>
    public IReadOnlyList<ParameterConstraint> Constraints { get; init; } = [];

    /// <summary>Settings of population parameters.</summary>
    public IReadOnlyList<PopulationConstraint> Population { get; init; } = [];

    /// <summary>Prior densities of item parameters.</summary>
    public IReadOnlyList<ParameterPrior> Priors { get; init; } = [];

    /// <summary>Nodes of the numerical integration.</summary>
    public QuadratureSpecification Quadrature { get; init; } = new();

    /// <summary>How attributes are integrated out.</summary>
    public IntegrationMethod Integration { get; init; }
}

/// <summary>Gives the selected items a function.</summary>
/// <param name="Items">Names, globs and ranges.</param>
/// <param name="Function">Their function.</param>
public sealed record FunctionAssignment(string Items, ItemFunction Function);

/// <summary>Gives the selected items category scores.</summary>
/// <param name="Items">Names, globs and ranges.</param>
/// <param name="Scores">One real number a category. [category]</param>
public sealed record CategoryScores(string Items, double[] Scores);

/// <summary>What a constraint does with the parameters it names.</summary>
public enum ConstraintKind
{
    /// <summary>Held at the value.</summary>
    Fixed,

    /// <summary>Estimated, starting from the value.</summary>
    Start,

    /// <summary>All that the constraint names are one parameter (for each parameter name).</summary>
    Equal,

    /// <summary>Estimated, where a default would have fixed it.</summary>
    Free,

    /// <summary>The slopes of an item that the constraint names are one parameter, item by item, as those of a testlet model.</summary>
    EqualWithinItems,
}

/// <summary>A constraint on item parameters.</summary>
/// <param name="Items">Names, globs and ranges.</param>
/// <param name="Parameter">Name or glob: <c>a1</c>, <c>a</c> (any slope), <c>d</c>, <c>d2</c>, <c>d*</c>, <c>g</c>, <c>u</c>, <c>ak1</c>.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Value">For fixed and start: the value on the reported scale (probability for g and u).</param>
/// <param name="Group">Observed group it is for, or several separated by commas (in double quotes where a name holds one); null: all.</param>
/// <param name="Class">Latent class it is for (name or 1-based number); null: all.</param>
public sealed record ParameterConstraint(
    string Items, string Parameter, ConstraintKind Kind, double Value = 0, string? Group = null, string? Class = null);

/// <summary>A constraint on population parameters.</summary>
/// <param name="Parameter"><c>mean</c>, <c>sd</c>, <c>covariance</c>, <c>correlation</c> or <c>proportion</c>.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Value">For fixed and start.</param>
/// <param name="Attribute">Attribute name; null: all.</param>
/// <param name="Attribute2">Second attribute of a covariance or correlation; null: all.</param>
/// <param name="Group">Observed group; null: all.</param>
/// <param name="Class">Latent class (name or 1-based number); null: all.</param>
public sealed record PopulationConstraint(
    string Parameter, ConstraintKind Kind, double Value = 0, string? Attribute = null, string? Attribute2 = null,
    string? Group = null, string? Class = null);
