namespace IrtGpu.Foundation.Estimation.Convergence;

/// <summary>How a run of EM fails.</summary>
internal enum EmFailure
{
    /// <summary>A plain EM step lowered the objective by more than its error.</summary>
    ObjectiveFell,

    /// <summary>The objective is no number, or infinite.</summary>
    ObjectiveIsNoNumber,

    /// <summary>The start, or a plain EM step, is outside the model's domain.</summary>
    LeftDomain,

    /// <summary>The objective has no bound on the way that the run took.</summary>
    GrowsWithoutBound,
}
