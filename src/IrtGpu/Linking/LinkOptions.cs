using IrtGpu.Linking.Methods;

namespace IrtGpu.Linking;

/// <summary>How forms are linked; the defaults are those of <c>irtgpu link</c>.</summary>
public sealed record LinkOptions
{
    /// <summary>The method that linked tables are made with; all methods are reported.</summary>
    public LinkMethod Method { get; init; } = LinkMethod.StockingLord;

    /// <summary>Where curves are compared.</summary>
    public LinkDirection Direction { get; init; }

    /// <summary>How points of θ count.</summary>
    public LinkWeights Weights { get; init; }

    /// <summary>Which forms are linked to which.</summary>
    public LinkPath Path { get; init; }

    /// <summary>ITEMS list of those that may link; null: all common items.</summary>
    public string? Anchors { get; init; }

    /// <summary>Whether anchors that drifted are left out, the worst first, until none does.</summary>
    public bool DropsDrift { get; init; }

    /// <summary>Standard errors.</summary>
    public LinkErrors Errors { get; init; }

    /// <summary>Draws of the parametric bootstrap.</summary>
    public int Draws { get; init; } = 500;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Weight of the form's persons in the population of observed-score equating; the rest are those of the base.</summary>
    public double SyntheticWeight { get; init; } = 0.5;

    /// <summary>Number of threads; 0: all processors. Does not change the results.</summary>
    public int Threads { get; init; }
}

/// <summary>Which forms are linked to which.</summary>
public enum LinkPath
{
    /// <summary>To the base where they share two items or more with it, else by the form that shares most.</summary>
    Auto,

    /// <summary>Each to the one before it.</summary>
    Chain,

    /// <summary>Each to the first.</summary>
    Base,
}

/// <summary>Standard errors of A and B.</summary>
public enum LinkErrors
{
    /// <summary>By the delta method; of the robust method by the bootstrap.</summary>
    Delta,

    /// <summary>By drawing the parameters of every form from their normal distributions (parametric bootstrap).</summary>
    Bootstrap,

    /// <summary>None.</summary>
    None,
}
