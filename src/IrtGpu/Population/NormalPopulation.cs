using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Population;

/// <summary>The multivariate normal of one block at given parameters.</summary>
internal sealed class NormalPopulation
{
    private NormalPopulation(double[] mean, Matrix<double> cholesky)
    {
        Mean = mean;
        Cholesky = cholesky;
        Precision = cholesky.LowerTriangle().Inverse() is var inverse ? inverse.Transpose() * inverse : inverse;
    }

    public double[] Mean { get; } // [attribute]

    public Matrix<double> Cholesky { get; } // [attribute, attribute], lower

    public Matrix<double> Precision { get; } // [attribute, attribute]

    public double StandardDeviation(int attribute) => Math.Sqrt(Cholesky.Row(attribute).Sum(value => value * value));

    private double LogNormalizer => Mean.Length * 0.5 * Math.Log(2 * Math.PI) + Cholesky.Diagonal().Sum(Math.Log);

    /// <summary>Reads mean and covariance from slots; null when the covariance matrix is not positive definite.</summary>
    public static NormalPopulation? TryCreate(CalibrationPlan plan, PlannedBlock block, ReadOnlySpan<double> slots)
    {
        int attributeCount = plan.AttributeCount;
        Matrix<double> cholesky = Matrix<double>.Build.Dense(attributeCount, attributeCount);
        int slot = block.FirstCovarianceSlot;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                double rest = slots[slot++];
                for (int i = 0; i < k; i++)
                    rest -= cholesky[j, i] * cholesky[k, i];
                if (j == k && !(rest > 1e-12))
                    return null;
                cholesky[j, k] = j == k ? Math.Sqrt(rest) : rest / cholesky[k, k];
            }
        }
        return new NormalPopulation(slots.Slice(block.FirstMeanSlot, attributeCount).ToArray(), cholesky);
    }

    /// <summary>Maps standard nodes to this population: μ + chol(Σ) ξ.</summary>
    /// <param name="standard">[node, attribute]</param>
    public double[] Transform(double[] standard)
    {
        int attributeCount = Mean.Length;
        double[] theta = new double[standard.Length];
        for (int start = 0; start < standard.Length; start += attributeCount)
        {
            for (int j = 0; j < attributeCount; j++)
            {
                double value = Mean[j];
                for (int k = 0; k <= j; k++)
                    value += Cholesky[j, k] * standard[start + k];
                theta[start + j] = value;
            }
        }
        return theta;
    }

    /// <summary>Log density at the nodes, normalised so that the weights sum to 1.</summary>
    /// <param name="theta">[node, attribute]</param>
    public double[] NormalizedLogDensity(double[] theta)
    {
        double[] logWeight = LogDensity(theta);
        double largest = logWeight.Max();
        double sum = 0;
        foreach (double value in logWeight)
            sum += Math.Exp(value - largest);
        double logTotal = largest + Math.Log(sum);
        for (int node = 0; node < logWeight.Length; node++)
            logWeight[node] -= logTotal;
        return logWeight;
    }

    /// <summary>Log density at the nodes.</summary>
    /// <param name="theta">[node, attribute]</param>
    public double[] LogDensity(double[] theta)
    {
        int attributeCount = Mean.Length;
        double[,] precision = Precision.ToArray();
        double[] logDensity = new double[theta.Length / attributeCount];
        Span<double> centred = stackalloc double[attributeCount];
        double logNormalizer = LogNormalizer;
        for (int node = 0; node < logDensity.Length; node++)
        {
            for (int j = 0; j < attributeCount; j++)
                centred[j] = theta[node * attributeCount + j] - Mean[j];
            double square = 0;
            for (int j = 0; j < attributeCount; j++)
            {
                for (int k = 0; k < attributeCount; k++)
                    square += centred[j] * precision[j, k] * centred[k];
            }
            logDensity[node] = -0.5 * square - logNormalizer;
        }
        return logDensity;
    }

    /// <summary>Derivatives of the log density with respect to means and the packed covariance triangle.</summary>
    /// <param name="theta">One node. [attribute]</param>
    /// <param name="gradient">Receives them: J means, then J(J+1)/2 covariances.</param>
    public void Gradient(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        int attributeCount = Mean.Length;
        for (int j = 0; j < attributeCount; j++)
        {
            double sum = 0;
            for (int k = 0; k < attributeCount; k++)
                sum += Precision.At(j, k) * (theta[k] - Mean[k]);
            gradient[j] = sum;
        }
        int index = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
                gradient[index++] = (j == k ? 0.5 : 1) * (gradient[j] * gradient[k] - Precision.At(j, k));
        }
    }

    /// <summary>Natural parameters: with them the log density is η · (θ_j, θ_j θ_k) − <see cref="LogPartition"/>.</summary>
    /// <param name="natural">Receives Σ⁻¹μ, then the packed triangle −Σ⁻¹, halved on the diagonal. [J + J(J+1)/2]</param>
    public void NaturalParameters(Span<double> natural)
    {
        int attributeCount = Mean.Length;
        int index = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            natural[j] = 0;
            for (int k = 0; k < attributeCount; k++)
                natural[j] += Precision.At(j, k) * Mean[k];
            for (int k = 0; k <= j; k++)
                natural[index++] = (j == k ? -0.5 : -1) * Precision.At(j, k);
        }
    }

    /// <summary>½ μᵀΣ⁻¹μ + ½ log det Σ + J/2 log 2π.</summary>
    public double LogPartition()
    {
        double square = 0;
        for (int j = 0; j < Mean.Length; j++)
        {
            for (int k = 0; k < Mean.Length; k++)
                square += Mean[j] * Precision.At(j, k) * Mean[k];
        }
        return 0.5 * square + LogNormalizer;
    }

    /// <summary>Expected powers: μ_j, then Σ_jk + μ_j μ_k.</summary>
    /// <param name="expected">Receives them. [J + J(J+1)/2]</param>
    public void ExpectedPowers(Span<double> expected)
    {
        int index = Mean.Length;
        Matrix<double> covariance = Cholesky * Cholesky.Transpose();
        for (int j = 0; j < Mean.Length; j++)
        {
            expected[j] = Mean[j];
            for (int k = 0; k <= j; k++)
                expected[index++] = covariance[j, k] + Mean[j] * Mean[k];
        }
    }

    /// <summary>Derivatives of the natural parameters by means and the packed covariance triangle.</summary>
    /// <remarks>∂Σ⁻¹ = −Σ⁻¹ E_s Σ⁻¹, E_s the derivative of Σ by its element s.</remarks>
    /// <param name="derivatives">Receives them. [mean or covariance, natural parameter]</param>
    public void NaturalDerivatives(Span<double> derivatives)
    {
        int attributeCount = Mean.Length;
        int count = attributeCount + PackedTriangle.Length(attributeCount);
        derivatives.Clear();
        Span<double> natural = stackalloc double[count];
        NaturalParameters(natural);
        int row = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int a = 0; a < attributeCount; a++)
                derivatives[j * count + a] = Precision.At(a, j);
            for (int k = 0; k <= j; k++, row++)
            {
                double half = j == k ? 0.5 : 1;
                int column = attributeCount;
                for (int a = 0; a < attributeCount; a++)
                {
                    derivatives[row * count + a] = -half * (Precision.At(a, j) * natural[k] + Precision.At(a, k) * natural[j]);
                    for (int b = 0; b <= a; b++, column++)
                    {
                        derivatives[row * count + column] = (a == b ? 0.5 : 1) * half
                            * (Precision.At(a, j) * Precision.At(k, b) + Precision.At(a, k) * Precision.At(j, b));
                    }
                }
            }
        }
    }

    /// <summary>Adds what the information of observations exceeds the expected one by, their moments not being those of the population.</summary>
    /// <remarks>
    /// With P the precision and E_s the derivative of Σ by its element s, −∂²log φ/∂μ∂σ_s = P E_s P d and, but for constants,
    /// −∂²log φ/∂σ_s∂σ_t = dᵀP E_s P E_t P d, d = θ − μ.
    /// </remarks>
    /// <param name="first">Sum of d over observations less its expectation. [attribute]</param>
    /// <param name="second">Sum of d dᵀ over observations less its expectation. [attribute, attribute]</param>
    /// <param name="information">Added to, both triangles. [J + J(J+1)/2, J + J(J+1)/2]</param>
    public void AddExcessInformation(Vector<double> first, Matrix<double> second, Span<double> information)
    {
        int attributeCount = Mean.Length;
        int count = attributeCount + PackedTriangle.Length(attributeCount);
        Vector<double> along = Precision * first;
        Matrix<double> square = Precision * second * Precision;
        int row = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++, row++)
            {
                double half = j == k ? 0.5 : 1;
                for (int a = 0; a < attributeCount; a++)
                {
                    double excess = half * (Precision[a, j] * along[k] + Precision[a, k] * along[j]);
                    information[row * count + a] += excess;
                    information[a * count + row] += excess;
                }
                int column = attributeCount;
                for (int l = 0; l < attributeCount; l++)
                {
                    for (int m = 0; m <= l; m++, column++)
                    {
                        information[row * count + column] += half * (l == m ? 0.5 : 1)
                            * (Precision[k, l] * square[m, j] + Precision[k, m] * square[l, j] + Precision[j, l] * square[m, k] + Precision[j, m] * square[l, k]);
                    }
                }
            }
        }
    }

    /// <summary>Fisher information of one observation about means and the packed covariance triangle.</summary>
    /// <param name="information">Receives the lower triangle, row-major. [J + J(J+1)/2, J + J(J+1)/2]</param>
    public void FisherInformation(Span<double> information)
    {
        int attributeCount = Mean.Length;
        int count = attributeCount + PackedTriangle.Length(attributeCount);
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
                information[j * count + k] = Precision[j, k];
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
                        information[row * count + column] = multiplicity * (Precision[j, l] * Precision[k, m] + Precision[j, m] * Precision[k, l]);
                    }
                }
            }
        }
    }
}
