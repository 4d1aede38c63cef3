using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Regression.Estimation;

/// <summary>Where an algorithm for the covariance parameters ended.</summary>
/// <param name="Theta">Covariance parameters on the standardized scale. [ϑ]</param>
/// <param name="Criterion">−2 log-likelihood (of residual contrasts, where restricted) on the standardized scale.</param>
/// <param name="Gradient">Its gradient. [ϑ]</param>
/// <param name="Decrement">What a Newton step is predicted to lower it by.</param>
/// <param name="Termination">Why it ended.</param>
/// <param name="History">One record a step.</param>
/// <param name="Evaluations">Evaluations of the criterion.</param>
internal sealed record MixedSolution(
    double[] Theta, double Criterion, double[] Gradient, double Decrement, Termination Termination, IReadOnlyList<IterationRecord> History, int Evaluations);
