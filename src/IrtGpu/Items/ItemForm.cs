namespace IrtGpu.Items;

/// <summary>An item function as users ask for it: its family's response function with what the function fixes and what it ties.</summary>
/// <param name="Function">The function.</param>
/// <param name="Name">What users type and tables say.</param>
internal sealed record ItemForm(ItemFunction Function, string Name)
{
    /// <summary>Whether it is defined for two categories only.</summary>
    public bool IsDichotomous { get; init; }

    /// <summary>What it fixes.</summary>
    public IReadOnlyList<FixedParameter> Fixed { get; init; } = [];

    /// <summary>What its items have in common; null: nothing.</summary>
    public ItemTie? Tie { get; init; }

    /// <summary>Whether every slope of every item is a parameter of its own.</summary>
    public bool HasFreeSlopes => Tie is not { TiesSlopes: true } && !Fixed.Any(parameter => parameter.Kind == ParameterKind.Slope);

    /// <summary>Whether parameters of the kind are no parameters of the function, so that nobody sees or sets them.</summary>
    /// <param name="kind">The kind.</param>
    public bool Hides(ParameterKind kind) => Fixed.Any(parameter => parameter.Kind == kind && !parameter.IsShown);
}

/// <summary>What a function fixes.</summary>
/// <param name="Kind">The parameters.</param>
/// <param name="Value">Their value on the working scale.</param>
/// <param name="IsShown">Whether tables show them and users may set them otherwise.</param>
internal sealed record FixedParameter(ParameterKind Kind, double Value, bool IsShown);
