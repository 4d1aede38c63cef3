using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Population;

/// <summary>Information of observations about the mean and the covariance of a normal.</summary>
internal static class NormalInformation
{
    /// <summary>Adds what the information of observations exceeds the expected one by, their moments not being those of the population.</summary>
    /// <remarks>
    /// With P the precision and E_s the derivative of Σ by its element s, −∂²log φ/∂μ∂σ_s = P E_s P d and, but for constants,
    /// −∂²log φ/∂σ_s∂σ_t = dᵀP E_s P E_t P d, d = θ − μ.
    /// </remarks>
    /// <param name="population">The normal.</param>
    /// <param name="first">Sum of d over observations less its expectation. [attribute]</param>
    /// <param name="second">Sum of d dᵀ over observations less its expectation. [attribute, attribute]</param>
    /// <param name="information">Added to, both triangles. [J + J(J+1)/2, J + J(J+1)/2]</param>
    public static void AddExcess(NormalPopulation population, Vector<double> first, Matrix<double> second, Span<double> information)
    {
        int attributeCount = population.Mean.Length;
        Matrix<double> precision = population.Precision;
        int count = attributeCount + PackedTriangle.Length(attributeCount);
        Vector<double> along = precision * first;
        Matrix<double> square = precision * second * precision;
        int row = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++, row++)
            {
                double half = j == k ? 0.5 : 1;
                for (int a = 0; a < attributeCount; a++)
                {
                    double excess = half * (precision[a, j] * along[k] + precision[a, k] * along[j]);
                    information[row * count + a] += excess;
                    information[a * count + row] += excess;
                }
                int column = attributeCount;
                for (int l = 0; l < attributeCount; l++)
                {
                    for (int m = 0; m <= l; m++, column++)
                    {
                        information[row * count + column] += half * (l == m ? 0.5 : 1)
                            * (precision[k, l] * square[m, j] + precision[k, m] * square[l, j] + precision[j, l] * square[m, k] + precision[j, m] * square[l, k]);
                    }
                }
            }
        }
    }

    /// <summary>Fisher information of one observation about means and the packed covariance triangle.</summary>
    /// <param name="population">The normal.</param>
    /// <param name="information">Receives the lower triangle, row-major. [J + J(J+1)/2, J + J(J+1)/2]</param>
    public static void Fisher(NormalPopulation population, Span<double> information)
    {
        int attributeCount = population.Mean.Length;
        Matrix<double> precision = population.Precision;
        int count = attributeCount + PackedTriangle.Length(attributeCount);
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
                information[j * count + k] = precision[j, k];
        }
        int row = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++, row++)
            {
                int column = attributeCount;
                for (int l = 0; l < attributeCount; l++)
                {
                    for (int m = 0; m <= l && column <= row; m++, column++)
                    {
                        double multiplicity = (j == k ? 0.5 : 1) * (l == m ? 0.5 : 1);
                        information[row * count + column] = multiplicity * (precision[j, l] * precision[k, m] + precision[j, m] * precision[k, l]);
                    }
                }
            }
        }
    }
}
