using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Foundation.Estimation;

/// <summary>Where a run of EM ended.</summary>
/// <param name="Parameters">The estimates. [parameter]</param>
/// <param name="Expectation">The E-step at them.</param>
/// <param name="Termination">Why it ended.</param>
/// <param name="History">One record a cycle.</param>
/// <param name="EStepCount">Number of E-steps.</param>
internal sealed record EmOutcome<TExpectation>(
    double[] Parameters, TExpectation Expectation, Termination Termination, IReadOnlyList<IterationRecord> History, int EStepCount)
    where TExpectation : class, IExpectation
{
    /// <summary>The objective at the estimates; −∞ where it is no number.</summary>
    public double Objective => double.IsNaN(Expectation.Objective) ? double.NegativeInfinity : Expectation.Objective;
}
