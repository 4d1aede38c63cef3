namespace IrtGpu.Foundation.Estimation.Convergence;

/// <summary>Why the estimation ended.</summary>
public enum TerminationKind
{
    /// <summary>Both changes are within tolerance.</summary>
    Converged,

    /// <summary>The cycle limit was reached.</summary>
    CycleLimit,

    /// <summary>The user interrupted.</summary>
    Interrupted,

    /// <summary>The log-likelihood fell by more than rounding, or was no number.</summary>
    Failed,

    /// <summary>The parameters left what the model was prepared for, so that it should be prepared anew and gone on with from them.</summary>
    Outgrown,

    /// <summary>The objective grows without bound on the way that the run took: where it ended is no solution.</summary>
    Degenerate,
}

/// <summary>How the estimation ended.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">A complete sentence with the figures and, where there is one, the remedy.</param>
public sealed record Termination(TerminationKind Kind, string Message)
{
    /// <summary>Whether the estimates are at the optimum to the tolerance asked for.</summary>
    public bool IsConverged => Kind == TerminationKind.Converged;
}
