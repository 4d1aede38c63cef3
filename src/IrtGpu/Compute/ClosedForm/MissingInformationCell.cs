using IrtGpu.Compute.Loops;
using IrtGpu.Compute.WeightedScore.Interpolation;

namespace IrtGpu.Compute.ClosedForm;

/// <summary>Σ_p N_p Cov(s | pattern) over the patterns of one block that answer the same items.</summary>
/// <remarks>
/// <para>
/// There the complete-data gradient of a pattern is s_k(θ) = c_pk θ − h_k(θ) + const: the responses enter through c alone, and the posterior is a function
/// of the weighted score t. With v(t) = Var(θ | t),
/// Cov(s_j, s_k | p) = c_pj c_pk v(t_p) − c_pj Cov(θ, h_k | t_p) − c_pk Cov(θ, h_j | t_p) + Cov(h_j, h_k | t_p).
/// </para>
/// <para>
/// v is interpolated on the score grid; the others are collected by the adjoint of the interpolation, so that a pattern leaves N and
/// N c at eight grid points and covariances are formed at grid points only:
/// Σ N Cov(h, h) = hᵀ(diag Σ_g e_g w_g − Σ_g e_g w_g w_gᵀ)h, e the deposits of N and w_g the posterior at grid point g.
/// </para>
/// </remarks>
internal sealed unsafe class MissingInformationCell : IDisposable
{
    private readonly CellGradients gradients;
    private readonly WeightedScoreGrid grid;
    private readonly int nodeCount; // padded
    private readonly int slopeWidth; // padded number of parameters with a c
    private readonly CellDeposits deposits;
    private readonly AlignedBuffer theta; // [padded node]
    private readonly AlignedBuffer weights; // w [grid point, padded node]
    private double[] result = []; // [parameter, padded parameter]

    /// <summary>Tables posteriors at the grid points.</summary>
    /// <param name="gradients">Complete-data gradients of the cell's patterns.</param>
    /// <param name="grid">The cell's grid, filled.</param>
    /// <param name="nodes">Nodes. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="nodeCount">Padded number of nodes.</param>
    /// <param name="members">Patterns of the cell.</param>
    public MissingInformationCell(CellGradients gradients, WeightedScoreGrid grid, double* nodes, double* logPrior, int nodeCount, int[] members)
    {
        this.gradients = gradients;
        this.grid = grid;
        this.nodeCount = nodeCount;
        theta = new AlignedBuffer(nodeCount);
        new ReadOnlySpan<double>(nodes, nodeCount).CopyTo(new Span<double>(theta.Pointer, nodeCount));
        weights = new AlignedBuffer((long)grid.PointCount * nodeCount);
        double[] variance = new double[grid.PointCount];
        for (int point = 0; point < grid.PointCount; point++)
            variance[point] = grid.Weights(point, nodes, logPrior, weights.Pointer + (long)point * nodeCount);
        deposits = new CellDeposits(gradients, grid, variance, members);
        slopeWidth = deposits.SlopeWidth;
    }

    /// <summary>What its patterns leave.</summary>
    public CellDeposits Deposits => deposits;

    public void Dispose()
    {
        theta.Dispose();
        weights.Dispose();
        deposits.Dispose();
    }

    /// <summary>Forms the sum from what the shards have collected, added in their order.</summary>
    public void Assemble()
    {
        deposits.AddShards();
        int width = gradients.PaddedCount;
        using AlignedBuffer functions = CentredFunctions();
        using AlignedBuffer covariance = NodeCovariance();
        using AlignedBuffer half = new((long)nodeCount * width);
        using AlignedBuffer sum = new((long)width * width);
        MatrixKernels.MultiplyAdd(covariance.Pointer, nodeCount, 1, functions.Pointer, width, half.Pointer, width, nodeCount, nodeCount, width);
        MatrixKernels.MultiplyAdd(functions.Pointer, 1, width, half.Pointer, width, sum.Pointer, width, width, nodeCount, width);

        using AlignedBuffer slopes = SlopeCovariance();
        using AlignedBuffer cross = new((long)slopeWidth * width);
        MatrixKernels.MultiplyAdd(slopes.Pointer, nodeCount, 1, functions.Pointer, width, cross.Pointer, width, slopeWidth, nodeCount, width);
        result = new Span<double>(sum.Pointer, width * width).ToArray();
        for (int j = 0; j < gradients.SlopeParameterCount; j++)
        {
            for (int k = 0; k < gradients.ParameterCount; k++)
            {
                double value = cross.Pointer[(long)j * width + k];
                result[j * width + k] -= value;
                result[k * width + j] -= value;
            }
            for (int k = 0; k < gradients.SlopeParameterCount; k++)
                result[j * width + k] += deposits.Squares[(long)Math.Max(j, k) * slopeWidth + Math.Min(j, k)];
        }
    }

    /// <summary>Adds the cell to the lower triangle of all free parameters.</summary>
    /// <param name="sum">Added to. [free, free]</param>
    /// <param name="freeCount">Number of free parameters.</param>
    public void AddTo(double[] sum, int freeCount)
    {
        int[] free = gradients.Free;
        for (int j = 0; j < free.Length; j++)
        {
            for (int k = 0; k < free.Length; k++)
            {
                if (free[k] <= free[j])
                    sum[(long)free[j] * freeCount + free[k]] += result[j * gradients.PaddedCount + k];
            }
        }
    }

    /// <summary>Expected number of persons by node.</summary>
    private double[] NodeTotals()
    {
        double[] totals = new double[nodeCount];
        for (int point = 0; point < grid.PointCount; point++)
        {
            for (int node = 0; node < nodeCount; node++)
                totals[node] += deposits.Persons[point] * weights.Pointer[(long)point * nodeCount + node];
        }
        return totals;
    }

    /// <summary>h less its mean, on which no covariance depends, so that large constants do not cost digits. [padded node, padded parameter]</summary>
    private AlignedBuffer CentredFunctions()
    {
        int width = gradients.PaddedCount;
        AlignedBuffer centred = new((long)nodeCount * width);
        double[] totals = NodeTotals();
        double[] mean = new double[width];
        double total = 0;
        for (int node = 0; node < gradients.NodeCount; node++)
        {
            total += totals[node];
            for (int k = 0; k < width; k++)
                mean[k] += totals[node] * gradients.Functions[node * width + k];
        }
        for (int node = 0; node < gradients.NodeCount; node++)
        {
            for (int k = 0; k < width; k++)
                centred.Pointer[(long)node * width + k] = gradients.Functions[node * width + k] - mean[k] / total;
        }
        return centred;
    }

    /// <summary>diag(n) − Σ_g e_g w_g w_gᵀ. [padded node, padded node]</summary>
    private AlignedBuffer NodeCovariance()
    {
        AlignedBuffer covariance = new((long)nodeCount * nodeCount);
        using AlignedBuffer scaled = new(weights.Length);
        for (int point = 0; point < grid.PointCount; point++)
        {
            for (int node = 0; node < nodeCount; node++)
                scaled.Pointer[(long)point * nodeCount + node] = -deposits.Persons[point] * weights.Pointer[(long)point * nodeCount + node];
        }
        MatrixKernels.MultiplyAdd(
            scaled.Pointer, 1, nodeCount, weights.Pointer, nodeCount, covariance.Pointer, nodeCount, nodeCount, grid.PointCount, nodeCount);
        double[] totals = NodeTotals();
        for (int node = 0; node < nodeCount; node++)
            covariance.Pointer[(long)node * nodeCount + node] += totals[node];
        return covariance;
    }

    /// <summary>Σ_g (Σ N c)_g w_g (θ − E_g θ): times h, the sum of N c Cov(θ, h). [padded slope parameter, padded node]</summary>
    private AlignedBuffer SlopeCovariance()
    {
        AlignedBuffer covariance = new((long)slopeWidth * nodeCount);
        using AlignedBuffer deviations = new(weights.Length);
        for (int point = 0; point < grid.PointCount; point++)
        {
            double eap = grid.Eap[point];
            for (int node = 0; node < nodeCount; node++)
                deviations.Pointer[(long)point * nodeCount + node] = weights.Pointer[(long)point * nodeCount + node] * (theta.Pointer[node] - eap);
        }
        MatrixKernels.MultiplyAdd(
            deposits.Slopes, 1, slopeWidth, deviations.Pointer, nodeCount, covariance.Pointer, nodeCount, slopeWidth, grid.PointCount, nodeCount);
        return covariance;
    }
}
