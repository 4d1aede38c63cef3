using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Compute;

/// <summary>Posterior summaries of every response pattern.</summary>
/// <param name="AttributeCount">J.</param>
/// <param name="ClassCount">K.</param>
/// <param name="Mean">EAP over all classes. [pattern, attribute]</param>
/// <param name="Covariance">Posterior covariance, packed lower triangle. [pattern, J(J+1)/2]</param>
/// <param name="MapTheta">Node of the largest posterior. [pattern, attribute]</param>
/// <param name="ClassProbability">Posterior class membership. [pattern, class]</param>
/// <param name="LogLikelihood">Marginal log-likelihood of the pattern. [pattern]</param>
public sealed record PatternScores(
    int AttributeCount, int ClassCount, double[] Mean, double[] Covariance, double[] MapTheta, double[] ClassProbability, double[] LogLikelihood)
{
    /// <summary>Posterior standard deviation.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="attribute">Attribute.</param>
    public double StandardDeviation(int pattern, int attribute) =>
        Math.Sqrt(Covariance[pattern * PackedTriangle.Length(AttributeCount) + PackedTriangle.Diagonal(attribute)]);
}
