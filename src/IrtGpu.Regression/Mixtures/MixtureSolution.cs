using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;

namespace IrtGpu.Regression.Mixtures;

/// <summary>Where the estimation of a mixture ended.</summary>
/// <param name="Full">Working numbers. [slot]</param>
/// <param name="LogLikelihood">Marginal log-likelihood of the response in its own units.</param>
/// <param name="LogPrior">Log density of the priors, up to a constant; 0 where all are flat.</param>
/// <param name="Hessian">Second derivatives of log-likelihood and log prior in the free parameters; empty where they were not asked for. [free, free]</param>
/// <param name="Termination">Why it ended.</param>
/// <param name="History">One record a cycle.</param>
/// <param name="Evaluations">E-steps of all starts, or evaluations of the gradient.</param>
/// <param name="Maxima">The maxima found, of the working response, best first; empty for a single start.</param>
/// <param name="Likelihood">The data as evaluated.</param>
/// <param name="Warnings">Sentences the user should read.</param>
internal sealed record MixtureSolution(
    double[] Full, double LogLikelihood, double LogPrior, double[] Hessian, Termination Termination, IReadOnlyList<IterationRecord> History, int Evaluations,
    IReadOnlyList<StartOutcome> Maxima, IMixtureLikelihood Likelihood, IReadOnlyList<string> Warnings)
{
    /// <summary>Predicted effects of the levels by class; empty where there are none.</summary>
    public IReadOnlyList<ClassEffectPredictions> Predicted { get; init; } = [];

    /// <summary>Free parameters at a bound, a variance of 0 and what goes with it, which have no standard error.</summary>
    public IReadOnlyList<int> AtBound { get; init; } = [];

    /// <summary>How effects were integrated; null where there was nothing to integrate, or in closed form.</summary>
    public Integration? Integration { get; init; }
}
