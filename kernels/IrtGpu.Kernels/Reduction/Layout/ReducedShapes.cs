using ILGPU;

namespace IrtGpu.Kernels.Reduction.Layout;

/// <summary>How many of everything one step has in one run of patterns, and where they are.</summary>
internal readonly struct ReducedStepShape
{
    public int NodeCount { get; init; }

    public int RowCount { get; init; }

    /// <summary>Nodes times rows.</summary>
    public int CellCount { get; init; }

    /// <summary>Rows without the last attribute of the separator.</summary>
    public int RestCount { get; init; }

    /// <summary>Joint tables.</summary>
    public int OwnCount { get; init; }

    public int ChildCount { get; init; }

    /// <summary>Where its children begin in <see cref="ReducedViews.Children"/>.</summary>
    public int FirstChild { get; init; }

    /// <summary>Rows of all its joint tables.</summary>
    public int JointRowCount { get; init; }

    /// <summary>Whether joint rows are logarithms: 1 or 0.</summary>
    public int IsLog { get; init; }

    /// <summary>Parts of the run.</summary>
    public int PartCount { get; init; }

    /// <summary>Numbers of a key: group, joint row of each table, part at each child.</summary>
    public int KeyLength { get; init; }

    public long Keys { get; init; }

    /// <summary>Joint rows. [item table][joint row, cell]</summary>
    public long Values { get; init; }

    /// <summary>Logarithms of what joint rows were divided by. [item table][joint row]</summary>
    public long LogLargest { get; init; }

    /// <summary>Weights of populations. [block][cell]</summary>
    public long Priors { get; init; }

    /// <summary>Messages. [class, part][place]</summary>
    public long Messages { get; init; }

    /// <summary>Scales. [class, part]</summary>
    public long Parts { get; init; }

    /// <summary>What comes back, in <see cref="ReducedViews.Work"/>. [class, part][place]</summary>
    public long Sums { get; init; }

    /// <summary>Posterior weights, in <see cref="ReducedViews.Work"/>. [class, part][cell]</summary>
    public long Posterior { get; init; }
}

/// <summary>Where a step finds the messages of one child.</summary>
internal readonly struct ReducedChildShape
{
    public int RowCount { get; init; }

    public int RestCount { get; init; }

    public int PartCount { get; init; }

    /// <summary>Rest of each row of the parent, in <see cref="ReducedViews.Maps"/>.</summary>
    public int Rests { get; init; }

    /// <summary>Messages. [class, part][place]</summary>
    public long Messages { get; init; }

    /// <summary>Scales. [class, part]</summary>
    public long Parts { get; init; }
}

/// <summary>A step among those that one launch computes.</summary>
internal readonly struct ReducedTurn
{
    public int Step { get; init; }

    /// <summary>Its first group of threads, or its first thread.</summary>
    public int First { get; init; }

    /// <summary>Threads of a part, a power of two; where parts have groups.</summary>
    public int Lanes { get; init; }
}

/// <summary>What a joint row or a population's weight adds up at each cell.</summary>
internal readonly struct ReducedTerm
{
    /// <summary>Where logarithms by node begin.</summary>
    public long Logs { get; init; }

    /// <summary>Node of each cell, in <see cref="ReducedViews.Maps"/>; −1: cells are nodes.</summary>
    public int Map { get; init; }
}

/// <summary>One row of cells that is filled from terms.</summary>
internal readonly struct ReducedLine
{
    public long Values { get; init; }

    public int CellCount { get; init; }

    public int FirstTerm { get; init; }

    public int TermCount { get; init; }

    /// <summary>Where the logarithm of what it is divided by goes.</summary>
    public int LogLargest { get; init; }

    /// <summary>Whether it stays logarithms: 1 or 0.</summary>
    public int IsLog { get; init; }
}

/// <summary>What the kernels of one run of patterns see.</summary>
internal readonly struct ReducedViews
{
    public int ClassCount { get; init; }

    public ArrayView<ReducedStepShape> Steps { get; init; }

    public ArrayView<ReducedChildShape> Children { get; init; } // [step, child]

    public ArrayView<int> Keys { get; init; } // [step][part, place in the key]

    public ArrayView<int> Maps { get; init; }

    public ArrayView<int> TableOfBlock { get; init; } // [block]

    public ArrayView<double> Values { get; init; }

    public ArrayView<double> LogLargest { get; init; }

    public ArrayView<double> Priors { get; init; }

    public ArrayView<double> Messages { get; init; }

    public ArrayView<double> Scale { get; init; } // [class, part] what the step's sums were divided by

    public ArrayView<double> LogScale { get; init; } // [class, part] logarithm of all that was divided by up to here

    public ArrayView<double> Shift { get; init; } // [class, part] what was taken off sums of logarithms

    public ArrayView<double> Work { get; init; } // whatever is gathered, and from what
}

/// <summary>What persons of a run bring to the steps without parent.</summary>
internal readonly struct ReducedPatternViews
{
    public int PatternCount { get; init; }

    public int RootCount { get; init; }

    /// <summary>First pattern of the run.</summary>
    public int First { get; init; }

    public long Weights { get; init; } // in Work [class, pattern]

    public long LogLikelihoods { get; init; } // in Work, times frequency [pattern]

    public ArrayView<int> RootStep { get; init; } // [root]

    public ArrayView<int> RootPart { get; init; } // [root, pattern]

    public ArrayView<int> Group { get; init; } // [pattern of all]

    public ArrayView<int> KnownClass { get; init; } // [pattern of all]

    public ArrayView<double> Frequency { get; init; } // [pattern of all]

    public ArrayView<double> LogProportion { get; init; } // [block]
}
