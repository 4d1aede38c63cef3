using System.Text.Json.Serialization;

namespace IrtGpu.Foundation.Estimation.Starts;

/// <summary>A local maximum that starts ended in.</summary>
/// <param name="LogLikelihood">Marginal log-likelihood (penalised where there are priors).</param>
/// <param name="Count">How many of the starts run to the end reached it.</param>
/// <param name="IsConverged">Whether they converged.</param>
public sealed record StartOutcome(double LogLikelihood, int Count, bool IsConverged)
{
    /// <summary>Whether it is no maximum: the likelihood grows without bound there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDegenerate { get; init; }
}
