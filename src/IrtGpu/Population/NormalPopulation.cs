using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Population;

/// <summary>The multivariate normal of one block at given parameters.</summary>
internal sealed class NormalPopulation : IPopulation
{
    private readonly double[] precision; // [attribute, attribute]
    private readonly double[] precisionRoot; // lower, its transpose times itself the precision [attribute, attribute]

    private NormalPopulation(int firstSlot, double[] mean, Matrix<double> cholesky)
    {
        FirstSlot = firstSlot;
        Mean = mean;
        Cholesky = cholesky;
        Matrix<double> root = cholesky.LowerTriangle().Inverse();
        Precision = root.Transpose() * root;
        precision = Precision.ToRowMajorArray();
        precisionRoot = root.ToRowMajorArray();
    }

    /// <inheritdoc/>
    public int FirstSlot { get; }

    /// <inheritdoc/>
    public int SlotCount => Mean.Length + PackedTriangle.Length(Mean.Length);

    public double[] Mean { get; } // [attribute]

    public Matrix<double> Cholesky { get; } // [attribute, attribute], lower

    public Matrix<double> Precision { get; } // [attribute, attribute]

    /// <summary>J/2 log 2π + ½ log det Σ.</summary>
    public double LogNormalizer => Mean.Length * 0.5 * Math.Log(2 * Math.PI) + Cholesky.Diagonal().Sum(Math.Log);

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
        return new NormalPopulation(block.FirstMeanSlot, slots.Slice(block.FirstMeanSlot, attributeCount).ToArray(), cholesky);
    }

    /// <inheritdoc/>
    public PlacedPopulation Place(QuadratureGrid grid) => grid.Moves
        ? new PlacedPopulation(Transform(grid.Theta), grid.LogWeight, Mean, Cholesky.ToRowMajorArray(), 0, 0)
        : Weigh(grid.Theta);

    /// <inheritdoc/>
    public double[] LogWeights(int[] attributes, double[] theta)
    {
        Matrix<double> covariance = Cholesky * Cholesky.Transpose();
        Matrix<double> own = Matrix<double>.Build.Dense(attributes.Length, attributes.Length, (j, k) => covariance[attributes[j], attributes[k]]);
        return new NormalPopulation(FirstSlot, [.. attributes.Select(attribute => Mean[attribute])], own.Cholesky().Factor).Weigh(theta).LogWeight;
    }

    /// <summary>Σ⁻¹ δ.</summary>
    /// <param name="shift">δ. [attribute]</param>
    /// <param name="tilt">Receives it. [attribute]</param>
    public void Tilt(ReadOnlySpan<double> shift, Span<double> tilt)
    {
        for (int j = 0; j < tilt.Length; j++)
        {
            tilt[j] = 0;
            for (int k = 0; k < tilt.Length; k++)
                tilt[j] += Precision.At(j, k) * shift[k];
        }
    }

    /// <summary>Log density at the nodes.</summary>
    /// <param name="theta">[node, attribute]</param>
    public double[] LogDensities(double[] theta)
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

    /// <inheritdoc/>
    public double LogDensity(ReadOnlySpan<double> theta) => LogDensity(theta, [], []);

    /// <inheritdoc/>
    public double LogDensity(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> information)
    {
        int attributeCount = Mean.Length;
        double square = 0;
        for (int j = 0; j < attributeCount; j++)
        {
            double pull = 0;
            for (int k = 0; k < attributeCount; k++)
                pull += Precision.At(j, k) * (theta[k] - Mean[k]);
            square += (theta[j] - Mean[j]) * pull;
            if (gradient.IsEmpty)
                continue;
            gradient[j] -= pull;
            for (int k = 0; k < attributeCount; k++)
                information[j * attributeCount + k] = Precision.At(j, k);
        }
        return -0.5 * square;
    }

    /// <inheritdoc/>
    public double FillNormal(Span<double> mean, Span<double> root)
    {
        Mean.CopyTo(mean);
        precisionRoot.CopyTo(root);
        return LogNormalizer;
    }

    /// <inheritdoc/>
    public void AddLogDensities(ReadOnlySpan<double> theta, Span<double> sum) => NormalDensity.Add(Mean, precisionRoot, LogNormalizer, theta, sum);

    /// <inheritdoc/>
    public void FillDerivatives(ReadOnlySpan<double> theta, Span<double> logDensity, Span<double> gradient, Span<double> information)
    {
        for (int j = 0, index = 0; j < Mean.Length; j++)
        {
            for (int k = 0; k <= j; k++, index++)
                information.Slice(index * logDensity.Length, logDensity.Length).Fill(Precision.At(j, k));
        }
        NormalDensity.FillDerivatives(Mean, precision, theta, logDensity, gradient);
    }

    /// <summary>Ten standard deviations beyond the mean.</summary>
    /// <param name="attribute">The attribute.</param>
    public double Reach(int attribute) => Math.Abs(Mean[attribute]) + 10 * Math.Sqrt(Cholesky.Row(attribute).Sum(value => value * value));

    /// <summary>μ + chol(Σ) ξ.</summary>
    /// <param name="random">Random numbers.</param>
    /// <param name="theta">Receives θ. [attribute]</param>
    public void Draw(ref StreamRandom random, Span<double> theta)
    {
        Mean.CopyTo(theta);
        for (int k = 0; k < theta.Length; k++)
        {
            double standard = random.NextNormal();
            for (int j = k; j < theta.Length; j++)
                theta[j] += Cholesky[j, k] * standard;
        }
    }

    /// <inheritdoc/>
    public void AddExcessInformation(
        QuadratureGrid grid, ReadOnlySpan<double> theta, ReadOnlySpan<double> logWeight, ReadOnlySpan<double> nodeTotals, Span<double> information)
    {
        double total = 0;
        foreach (double weight in nodeTotals)
            total += weight;
        int attributeCount = Mean.Length;
        Vector<double> first = Vector<double>.Build.Dense(attributeCount);
        Matrix<double> second = grid.Moves
            ? Cholesky * Cholesky.Transpose() * -total
            : Matrix<double>.Build.Dense(attributeCount, attributeCount);
        for (int node = 0; node < nodeTotals.Length; node++)
        {
            double weight = nodeTotals[node] - (grid.Moves ? 0 : total * Math.Exp(logWeight[node]));
            for (int j = 0; j < attributeCount; j++)
            {
                double centred = theta[node * attributeCount + j] - Mean[j];
                first[j] += weight * centred;
                for (int k = 0; k < attributeCount; k++)
                    second[j, k] += weight * centred * (theta[node * attributeCount + k] - Mean[k]);
            }
        }
        NormalInformation.AddExcess(this, first, second, information);
    }

    /// <summary>Maps standard nodes to this population: μ + chol(Σ) ξ.</summary>
    /// <param name="standard">[node, attribute]</param>
    private double[] Transform(double[] standard)
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
    private PlacedPopulation Weigh(double[] theta)
    {
        double[] logWeight = LogDensities(theta);
        double largest = logWeight.Max();
        double sum = 0;
        foreach (double value in logWeight)
            sum += Math.Exp(value - largest);
        double logTotal = largest + Math.Log(sum);
        for (int node = 0; node < logWeight.Length; node++)
            logWeight[node] -= logTotal;
        return new PlacedPopulation(theta, logWeight, Mean, Precision.ToRowMajorArray(), LogNormalizer, logTotal);
    }
}
