namespace IrtGpu.Inference;

/// <summary>The covariance matrix of the free parameters, or why there is none.</summary>
/// <param name="Method">How it was estimated.</param>
/// <param name="Covariance">Row-major, working scale; null when there is none. [free, free]</param>
/// <param name="ConditionNumber">Largest over smallest eigenvalue of the information matrix; NaN when not computed.</param>
/// <param name="Reason">Why there are none; null when there are.</param>
public sealed record StandardErrors(StandardErrorMethod Method, double[]? Covariance, double ConditionNumber, string? Reason)
{
    /// <summary>Whether there are none because the run was interrupted.</summary>
    public bool IsInterrupted { get; init; }
}
