using IrtGpu.Scoring;

namespace IrtGpu.Compute;

/// <summary>A backend that reduces posteriors to scores where they are, so that no posterior has to leave the device.</summary>
public interface IPatternScoringBackend
{
    /// <summary>Scores every pattern of the backend's data; null where this plan is scored by visiting posteriors.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    PatternScores? TryComputeScores(ModelPoint point);
}
