namespace IrtGpu.Inference;

/// <summary>The covariance matrix of the free parameters, or why there is none.</summary>
/// <param name="Method">How it was estimated.</param>
/// <param name="Covariance">
/// Row-major, working scale; NaN in rows and columns of <see cref="WithoutLimit"/>; null when there is none. [free, free]
/// </param>
/// <param name="ConditionNumber">Largest over smallest eigenvalue of the information matrix; NaN when not computed.</param>
/// <param name="Reason">Why there are none; null when there are.</param>
public sealed record StandardErrors(StandardErrorMethod Method, double[]? Covariance, double ConditionNumber, string? Reason)
{
    /// <summary>Free parameters whose estimates ran off, as the data give them no limit: they have no standard errors, the others do.</summary>
    public IReadOnlySet<int> WithoutLimit { get; init; } = new HashSet<int>();

    /// <summary>
    /// With sampling weights: what the free parameters count for, tr(observed⁻¹ · cross-product), as unequal weights make estimates less
    /// certain; null without, and where there is no covariance matrix.
    /// </summary>
    public double? EffectiveParameterCount { get; init; }

    /// <summary>Whether there are none because the run was interrupted.</summary>
    public bool IsInterrupted { get; init; }
}
