using ILGPU;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>What kernels see of persons, of their nodes and of a run of patterns.</summary>
/// <remarks>An entry is a pattern of the run in one class: (pattern · classes + class).</remarks>
internal readonly struct PersonViews
{
    public int ClassCount { get; init; }

    public int AttributeCount { get; init; }

    /// <summary>Nodes of an entry.</summary>
    public int NodeCount { get; init; }

    /// <summary>Words of four responses that a pattern takes.</summary>
    public int WordCount { get; init; }

    /// <summary>1, θ_j, θ_j θ_k for k ≤ j.</summary>
    public int PowerCount { get; init; }

    /// <summary>First pattern of the run.</summary>
    public int FirstPattern { get; init; }

    /// <summary>Patterns of the run.</summary>
    public int PatternCount { get; init; }

    public ArrayView<int> Words { get; init; } // [pattern of all, word]

    public ArrayView<int> Group { get; init; } // [pattern of all]

    public ArrayView<int> KnownClass { get; init; } // [pattern of all]

    public ArrayView<int> Variant { get; init; } // [pattern of all]

    public ArrayView<double> Frequency { get; init; } // [pattern of all]

    public ArrayView<double> Centres { get; init; } // [entry of all, attribute]

    public ArrayView<double> Factors { get; init; } // [entry of all, packed]

    public ArrayView<double> LogDeterminants { get; init; } // [entry of all]

    public ArrayView<double> Standard { get; init; } // [variant, attribute, node]

    public ArrayView<double> LogWeight { get; init; } // [variant, node]

    public ArrayView<double> Populations { get; init; } // [block][constant, mean, root of the precision]

    public ArrayView<int> TableOfBlock { get; init; } // [block]

    public ArrayView<double> Theta { get; init; } // [entry, attribute, node]

    public ArrayView<double> Weights { get; init; } // [entry, node] log joint density, then posterior weight times frequency

    public ArrayView<double> Work { get; init; } // powers [entry, power], log-likelihoods times frequency [pattern], and sums of these

    public ArrayView<double> LogLikelihood { get; init; } // [pattern]
}

/// <summary>Items of one model in one table, as kernels that go over answers see them.</summary>
internal readonly struct AnswerShape
{
    public int ItemCount { get; init; }

    /// <summary>Items that are asked for.</summary>
    public int AskedCount { get; init; }

    public int Table { get; init; }

    /// <summary>Parts of the run that have sums of their own.</summary>
    public int SliceCount { get; init; }

    /// <summary>Patterns of a slice.</summary>
    public int SliceLength { get; init; }

    /// <summary>Sums of an item: value, gradient by loading and shape, Hessian of the same, packed.</summary>
    public int SumCount { get; init; }

    /// <summary>1: with derivatives; 0: values only.</summary>
    public int WithDerivatives { get; init; }

    /// <summary>1: with values; 0: kernels that need a logarithm for these alone leave them 0.</summary>
    public int WithValues { get; init; }

    public ArrayView<int> Asked { get; init; } // [position] item

    public ArrayView<int> Item { get; init; } // [item] its number in the plan

    public ArrayView<int> Attribute { get; init; } // [item, loading]
}
