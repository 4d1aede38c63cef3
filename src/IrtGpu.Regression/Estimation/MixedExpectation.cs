using IrtGpu.Foundation.Estimation;

namespace IrtGpu.Regression.Estimation;

/// <summary>E-step of a mixed model: moments of the random effects given the data, from the inverse of Henderson's matrix.</summary>
/// <param name="LogLikelihood">At the parameters, on the standardized scale.</param>
/// <param name="Theta">The parameters. [ϑ]</param>
/// <param name="Gradient">Derivatives of the criterion in T. [grouping][k, k]</param>
/// <param name="Moments">Mean over levels of E[u uᵀ]/σ² within a term. [term][k, k]</param>
/// <param name="Curvature">Second derivatives of the expected complete-data criterion in T, Σ 2 ZᵀZ ⊗ E[u uᵀ]/σ². [term][k², k²]</param>
internal sealed record MixedExpectation(double LogLikelihood, double[] Theta, double[][] Gradient, double[][] Moments, double[][] Curvature) : IExpectation
{
    public double Objective => LogLikelihood;

    /// <summary>Nothing is held but arrays.</summary>
    public void Dispose()
    {
    }
}
