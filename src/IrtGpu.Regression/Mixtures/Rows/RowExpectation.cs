using IrtGpu.Foundation.Estimation;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>E-step of a mixture of rows.</summary>
/// <param name="LogLikelihood">Of the working response.</param>
/// <param name="Objective">With the log density of the priors.</param>
/// <param name="Full">Where. [slot]</param>
/// <param name="Sums">Sums by class.</param>
/// <param name="Posterior">Probabilities of classes, where class probabilities have a formula; else empty. [row, class]</param>
internal sealed record RowExpectation(double LogLikelihood, double Objective, double[] Full, RowSums Sums, double[] Posterior) : IExpectation
{
    /// <summary>Nothing is held but arrays.</summary>
    public void Dispose()
    {
    }
}
