using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Devices;

namespace IrtGpu.Compute;

/// <summary>What a backend can do beyond E-steps and visits of posteriors: where it cannot, the answer is null and the caller takes the way through those.</summary>
public sealed record BackendCapabilities
{
    /// <summary>Nothing more.</summary>
    public static BackendCapabilities None { get; } = new();

    /// <summary>Why persons whose means differ within a block cannot be computed; null where they can.</summary>
    public string? ShiftRefusal { get; init; }

    /// <summary>Scores of every pattern, reduced where the posteriors are, so that none of them has to leave the device.</summary>
    public Func<ModelPoint, PatternScores?> TryScore { get; init; } = static _ => null;

    /// <summary>
    /// Σ_p N_p s_p s_pᵀ over the backend's data, s_p the gradient of the pattern's marginal log-likelihood by the free parameters
    /// (the posterior mean of the complete-data gradient); priors do not enter. The lower triangle in a full matrix; above the diagonal
    /// anything. [free, free], row-major
    /// </summary>
    public Func<ModelPoint, double[]?> TryCrossProduct { get; init; } = static _ => null;

    /// <summary>The same with other weights than N_p, as sampling weights ask for; null where it is summed over posteriors that are shown. [pattern]</summary>
    public Func<ModelPoint, double[], double[]?> TryCrossProductOf { get; init; } = static (_, _) => null;

    /// <summary>
    /// Σ_p N_p Cov(s | pattern) in closed form, s the derivative of the complete-data log-likelihood by the free parameters.
    /// Lower triangle, row-major. [free, free]
    /// </summary>
    public Func<ModelPoint, double[]?> TryMissingInformation { get; init; } = static _ => null;

    /// <summary>
    /// The same summed over the posteriors where they are, so that none of them has to leave the device: slower than what
    /// <see cref="TryMissingInformation"/> has in closed form, and for every model. Lower triangle, row-major. [free, free]
    /// </summary>
    public Func<ModelPoint, double[]?> TrySumMissingInformation { get; init; } = static _ => null;

    /// <summary>Room for several points beside the backend's own, given how many will be asked for at once; none where one by one is as good.</summary>
    public Func<int, IPointBatch?> TryOpenBatch { get; init; } = static _ => null;

    /// <summary>Moves the nodes of each person to the person's posterior at a point; null where nodes do not follow persons.</summary>
    public Action<ModelPoint>? PlaceNodes { get; init; }

    /// <summary>The error of the log-likelihood at a point by its integration; null where it is not measured.</summary>
    public Func<ModelPoint, IntegrationError?> TryMeasureIntegration { get; init; } = static _ => null;

    /// <summary>What the backend asked of its device so far.</summary>
    public Func<DeviceReport?> Report { get; init; } = static () => null;
}
