namespace IrtGpu.Foundation.Estimation.Convergence;

/// <summary>One cycle of the EM algorithm.</summary>
/// <param name="Cycle">1-based.</param>
/// <param name="LogLikelihood">Marginal log-likelihood at the cycle's input (no prior).</param>
/// <param name="Change">Change of −2 log-likelihood (penalised, where there are priors) since the cycle before; NaN in the first.</param>
/// <param name="LargestChange">Largest change of a free parameter (working scale) that the plain EM step of this cycle makes.</param>
/// <param name="Parameter">Whose change that is.</param>
/// <param name="Step">How the next parameters were made: <c>em</c>, <c>anderson</c>, <c>squarem</c>, or <c>rejected</c>.</param>
/// <param name="Seconds">Since the start of the estimation.</param>
public sealed record IterationRecord(
    int Cycle, double LogLikelihood, double Change, double LargestChange, string Parameter, string Step, double Seconds)
{
    /// <summary>−2 log-likelihood.</summary>
    public double Deviance => -2 * LogLikelihood;
}
