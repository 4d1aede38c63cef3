using ILGPU;

namespace IrtGpu.Kernels.Inference;

/// <summary>What the gradient of a pattern is made of, by free parameter: derivatives of answers, and functions of θ alone.</summary>
internal readonly struct CrossProductViews
{
    public int FreeCount { get; init; }

    /// <summary>Nodes without padding.</summary>
    public int NodeCount { get; init; }

    public int AttributeCount { get; init; }

    /// <summary>Elements of a node set.</summary>
    public long ThetaStride { get; init; }

    public ArrayView<int> NodeSetOfBlock { get; init; } // [block]

    public ArrayView<double> Theta { get; init; } // [node set, padded node, attribute]

    public ArrayView<double> Derivatives { get; init; } // [table, row, z and shape; padded node], as terms find them

    public ArrayView<int> TermStart { get; init; } // [table · free + 1]

    public ArrayView<int> TermItem { get; init; } // [term]

    public ArrayView<int> TermFirst { get; init; } // [term] line of the derivatives for the item's first category

    public ArrayView<int> TermStride { get; init; } // [term] lines from a category to the next

    public ArrayView<int> TermAttribute { get; init; } // [term] whose θ is a factor; −1: none

    public ArrayView<double> TermCoefficient { get; init; } // [term]

    public ArrayView<int> NodeFunction { get; init; } // [block, free] line of the node functions; −1: none

    public ArrayView<double> NodeFunctions { get; init; } // [line, padded node]

    public ArrayView<double> Gradients { get; init; } // [pattern of the run, free]

    public ArrayView<double> Products { get; init; } // [slice][free, free], lower triangle

    public ArrayView<double> NodeGradients { get; init; } // [pattern of the run, class, node, free]; length 1 where they are not asked for

    public ArrayView<double> NodeWeights { get; init; } // [pattern of the run, class, node] frequency times posterior

    public ArrayView<double> NodeProducts { get; init; } // [slice][free, free], lower triangle
}

/// <summary>A run of patterns of a tile, whose gradients are held at once.</summary>
internal readonly struct PatternRun
{
    /// <summary>First pattern, counted from the tile's first.</summary>
    public int First { get; init; }

    public int Count { get; init; }

    /// <summary>Patterns of a slice, each with products of its own.</summary>
    public int SliceLength { get; init; }
}
