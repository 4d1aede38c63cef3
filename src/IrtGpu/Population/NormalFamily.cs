using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Population;

/// <summary>Normals as an exponential family, of which the powers θ_j and θ_j θ_k, k ≤ j, are the sufficient statistics.</summary>
internal static class NormalFamily
{
    /// <summary>Natural parameters: with them the log density is η · (θ_j, θ_j θ_k) − <see cref="LogPartition"/>.</summary>
    /// <param name="population">The normal.</param>
    /// <param name="natural">Receives Σ⁻¹μ, then the packed triangle −Σ⁻¹, halved on the diagonal. [J + J(J+1)/2]</param>
    public static void Parameters(NormalPopulation population, Span<double> natural)
    {
        int attributeCount = population.Mean.Length;
        int index = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            natural[j] = 0;
            for (int k = 0; k < attributeCount; k++)
                natural[j] += population.Precision.At(j, k) * population.Mean[k];
            for (int k = 0; k <= j; k++)
                natural[index++] = (j == k ? -0.5 : -1) * population.Precision.At(j, k);
        }
    }

    /// <summary>½ μᵀΣ⁻¹μ + ½ log det Σ + J/2 log 2π.</summary>
    /// <param name="population">The normal.</param>
    public static double LogPartition(NormalPopulation population)
    {
        double square = 0;
        for (int j = 0; j < population.Mean.Length; j++)
        {
            for (int k = 0; k < population.Mean.Length; k++)
                square += population.Mean[j] * population.Precision.At(j, k) * population.Mean[k];
        }
        return 0.5 * square + population.LogNormalizer;
    }

    /// <summary>Expected powers: μ_j, then Σ_jk + μ_j μ_k.</summary>
    /// <param name="population">The normal.</param>
    /// <param name="expected">Receives them. [J + J(J+1)/2]</param>
    public static void ExpectedPowers(NormalPopulation population, Span<double> expected)
    {
        int index = population.Mean.Length;
        Matrix<double> covariance = population.Cholesky * population.Cholesky.Transpose();
        for (int j = 0; j < population.Mean.Length; j++)
        {
            expected[j] = population.Mean[j];
            for (int k = 0; k <= j; k++)
                expected[index++] = covariance[j, k] + population.Mean[j] * population.Mean[k];
        }
    }

    /// <summary>Derivatives of the natural parameters by means and the packed covariance triangle.</summary>
    /// <remarks>∂Σ⁻¹ = −Σ⁻¹ E_s Σ⁻¹, E_s the derivative of Σ by its element s.</remarks>
    /// <param name="population">The normal.</param>
    /// <param name="derivatives">Receives them. [mean or covariance, natural parameter]</param>
    public static void Derivatives(NormalPopulation population, Span<double> derivatives)
    {
        int attributeCount = population.Mean.Length;
        int count = attributeCount + PackedTriangle.Length(attributeCount);
        derivatives.Clear();
        Span<double> natural = stackalloc double[count];
        Parameters(population, natural);
        int row = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int a = 0; a < attributeCount; a++)
                derivatives[j * count + a] = population.Precision.At(a, j);
            for (int k = 0; k <= j; k++, row++)
            {
                double half = j == k ? 0.5 : 1;
                int column = attributeCount;
                for (int a = 0; a < attributeCount; a++)
                {
                    derivatives[row * count + a] = -half * (population.Precision.At(a, j) * natural[k] + population.Precision.At(a, k) * natural[j]);
                    for (int b = 0; b <= a; b++, column++)
                    {
                        derivatives[row * count + column] = (a == b ? 0.5 : 1) * half
                            * (population.Precision.At(a, j) * population.Precision.At(k, b) + population.Precision.At(a, k) * population.Precision.At(j, b));
                    }
                }
            }
        }
    }
}
