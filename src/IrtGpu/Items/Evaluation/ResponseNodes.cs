namespace IrtGpu.Items.Evaluation;

/// <summary>One item as one person answered it, at nodes of the person's own.</summary>
internal readonly ref struct ResponseNodes
{
    /// <summary>Slopes by loading.</summary>
    public required ReadOnlySpan<double> Slopes { get; init; }

    /// <summary>Attribute of each loading.</summary>
    public required ReadOnlySpan<int> Attributes { get; init; }

    /// <summary>Nodes, a row an attribute. [attribute, node]</summary>
    public required ReadOnlySpan<double> Theta { get; init; }

    /// <summary>Number of nodes, a multiple of the lanes of the widest vector.</summary>
    public required int NodeCount { get; init; }

    /// <summary>The answer.</summary>
    public required int Category { get; init; }

    /// <summary>M.</summary>
    public required int CategoryCount { get; init; }

    /// <summary>Shape parameters.</summary>
    public required Span<double> Shape { get; init; }

    /// <summary>Category scores. [category]</summary>
    public required Span<double> Scores { get; init; }

    /// <summary>What <see cref="ItemModelOperations.FillConstants"/> made of the shape.</summary>
    public required Span<double> Constants { get; init; }
}
