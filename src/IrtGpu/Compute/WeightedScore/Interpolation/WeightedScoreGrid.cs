using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;

namespace IrtGpu.Compute.WeightedScore.Interpolation;

/// <summary>
/// Posterior quantities of one block and answered set as functions of the weighted score t, tabled on an equally spaced grid and
/// interpolated by Lagrange polynomials of eight points.
/// </summary>
/// <remarks>
/// log Z(t) = log Σ_l π_l exp(t θ_l − A_l), EAP(t) = Σ θ_l w_l(t), w_l(t) = π_l exp(t θ_l − A_l)/Z(t): all analytic in t. Expected node
/// totals are collected by the adjoint of the interpolation: a pattern leaves its weight, split by the same eight coefficients, at
/// the grid points; the sum over grid points of weight times w(t) gives the node totals. Between two grid points lies a cell; a
/// cell's polynomial in powers of the position f within it has the same coefficients for all its scores, and so have the adjoint's
/// sums Σ weight · f^k.
/// </remarks>
internal sealed unsafe class WeightedScoreGrid : IDisposable
{
    public const double LargestRange = 5000; // of scores: 50,000 grid points
    private const double Spacing = 0.1;
    private const int Points = LagrangeBasis.Points;
    private const int FirstPoint = LagrangeBasis.FirstPoint;
    private const int PointsPerStretch = 8; // exponentials are taken at its first point; each step on is a product

    private readonly LagrangeBasis basis = new();
    private readonly AlignedBuffer ratio; // exp(θ · spacing) [padded node]
    private readonly int paddedNodeCount;
    private readonly bool needsLogZ;
    private AlignedBuffer cells = new(0); // [function, cell, power]
    private AlignedBuffer? likelihoods; // exp(t θ − A) π, less a factor a point [point, padded node]; null where they are not kept
    private double[] sums = []; // of the likelihoods [point]
    private double lowest;

    /// <summary>An empty grid.</summary>
    /// <param name="paddedNodeCount">Number of nodes, padded to a multiple of 8.</param>
    /// <param name="needsLogZ">Whether log Z is wanted in the cells.</param>
    public WeightedScoreGrid(int paddedNodeCount, bool needsLogZ)
    {
        this.paddedNodeCount = paddedNodeCount;
        this.needsLogZ = needsLogZ;
        ratio = new AlignedBuffer(paddedNodeCount);
    }

    public double[] LogZ { get; private set; } = []; // [grid point]

    public double[] Eap { get; private set; } = []; // [grid point]

    public int PointCount => LogZ.Length;

    /// <summary>What the inner loops read.</summary>
    public WeightedScoreCells Cells => new(
        lowest + FirstPoint * Spacing, 1 / Spacing, CellCount - 1, cells.Pointer, needsLogZ ? cells.Pointer + (long)CellCount * Points : null);

    private int CellCount => PointCount - Points + 1;

    /// <summary>Number of grid points that a range of scores takes.</summary>
    public static int PointsFor(double low, double high) => (int)Math.Ceiling((high - low) / Spacing) + Points;

    public void Dispose()
    {
        basis.Dispose();
        ratio.Dispose();
        cells.Dispose();
        likelihoods?.Dispose();
    }

    /// <summary>Tables the functions over a range of scores.</summary>
    /// <param name="low">Lowest score.</param>
    /// <param name="high">Highest score.</param>
    /// <param name="theta">Nodes, padded by 0. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="keepsLikelihoods">Whether memory has room for likelihoods by point and node, so that node totals need not take them anew.</param>
    public void Fill(double low, double high, double* theta, double* logPrior, bool keepsLikelihoods)
    {
        lowest = low - FirstPoint * Spacing;
        Resize(PointsFor(low, high), keepsLikelihoods);
        for (int node = 0; node < paddedNodeCount; node++)
            ratio.Pointer[node] = Math.Exp(Spacing * theta[node]);
        int stretch = StretchLength(theta);
        using AlignedBuffer scratch = new(likelihoods is null ? (long)stretch * paddedNodeCount : 0);
        for (int first = 0; first < PointCount; first += stretch)
        {
            int count = Math.Min(stretch, PointCount - first);
            double* values = likelihoods is null ? scratch.Pointer : likelihoods.Pointer + (long)first * paddedNodeCount;
            double shift = EvaluateStretch(first, count, theta, logPrior, values);
            for (int point = first; point < first + count; point++, values += paddedNodeCount)
            {
                LogZ[point] = shift + Math.Log(sums[point]);
                Eap[point] = ScoreGridKernels.Chosen.Dot(values, theta, paddedNodeCount) / sums[point];
            }
        }
        basis.ToPowers(Eap, cells.Pointer);
        if (needsLogZ)
            basis.ToPowers(LogZ, cells.Pointer + (long)CellCount * Points);
    }

    /// <summary>Turns sums Σ weight · f^k by cell into weights at the grid points, and clears them.</summary>
    /// <param name="powerSums">Sums, then 0. [cell, power]</param>
    /// <param name="deposit">Receives the weights. [grid point]</param>
    public void Fold(double* powerSums, double[] deposit) => basis.FromPowers(powerSums, deposit);

    /// <summary>Adds Σ_points deposit · w(t) to the node totals.</summary>
    /// <param name="deposit">Weights at the points. [grid point]</param>
    /// <param name="theta">Nodes, padded by 0. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="totals">Added to. [padded node]</param>
    public void AddNodeTotals(double[] deposit, double* theta, double* logPrior, double* totals)
    {
        int stretch = StretchLength(theta);
        using AlignedBuffer scratch = new(likelihoods is null ? (long)stretch * paddedNodeCount : 0);
        for (int first = 0; first < PointCount; first += stretch)
        {
            int count = Math.Min(stretch, PointCount - first);
            double* values = likelihoods is null ? scratch.Pointer : likelihoods.Pointer + (long)first * paddedNodeCount;
            if (likelihoods is null)
                EvaluateStretch(first, count, theta, logPrior, values);
            for (int point = 0; point < count; point++)
                ScoreGridKernels.Chosen.AddScaled(values + (long)point * paddedNodeCount, deposit[first + point] / sums[first + point], totals, paddedNodeCount);
        }
    }

    /// <summary>Σ_points deposit · log Z(t).</summary>
    /// <param name="deposit">Weights at the points. [grid point]</param>
    public double LogLikelihood(double[] deposit)
    {
        double sum = 0;
        for (int point = 0; point < PointCount; point++)
            sum += deposit[point] * LogZ[point];
        return sum;
    }

    /// <summary>Writes w(t), the posterior at one grid point.</summary>
    /// <param name="point">Grid point.</param>
    /// <param name="theta">Nodes, padded. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="weights">Receives them. [padded node]</param>
    /// <returns>The variance of the posterior.</returns>
    public double Weights(int point, double* theta, double* logPrior, double* weights)
    {
        double sum = Evaluate(lowest + point * Spacing, theta, logPrior, weights, out _);
        double mean = Eap[point];
        double variance = 0;
        for (int node = 0; node < paddedNodeCount; node++)
        {
            weights[node] /= sum;
            variance += weights[node] * (theta[node] - mean) * (theta[node] - mean);
        }
        return variance;
    }

    /// <summary>First grid point and the eight coefficients of a score.</summary>
    /// <param name="score">Score.</param>
    /// <param name="coefficients">Receives them. [8]</param>
    public int Locate(double score, double* coefficients)
    {
        double position = (score - lowest) * (1 / Spacing);
        int cell = Math.Clamp((int)position, FirstPoint, PointCount - Points + FirstPoint);
        basis.Coefficients(position - cell, coefficients);
        return cell - FirstPoint;
    }

    /// <summary>Σ coefficient · value of eight points.</summary>
    /// <param name="coefficients">[8]</param>
    /// <param name="values">Values at the grid points.</param>
    /// <param name="first">First of the eight points.</param>
    public static double Interpolate(double* coefficients, double[] values, int first)
    {
        fixed (double* at = &values[first])
            return ScoreGridKernels.Chosen.DotEight(coefficients, at);
    }

    /// <summary>Largest error of log Z seen at the middles of up to <paramref name="count"/> cells.</summary>
    public double LargestError(int count, double* theta, double* logPrior)
    {
        using AlignedBuffer scratch = new(paddedNodeCount);
        double* coefficients = stackalloc double[Points];
        double largest = 0;
        int stride = Math.Max(1, (PointCount - Points) / count);
        for (int cell = FirstPoint; cell <= PointCount - Points + FirstPoint; cell += stride)
        {
            double score = lowest + (cell + 0.5) * Spacing;
            double exact = Math.Log(Evaluate(score, theta, logPrior, scratch.Pointer, out double shift)) + shift;
            int first = Locate(score, coefficients);
            largest = Math.Max(largest, Math.Abs(Interpolate(coefficients, LogZ, first) - exact));
        }
        return largest;
    }

    private void Resize(int count, bool keepsLikelihoods)
    {
        if (LogZ.Length != count)
        {
            LogZ = new double[count];
            Eap = new double[count];
            sums = new double[count];
        }
        long needed = (long)Points * CellCount * (needsLogZ ? 2 : 1);
        if (cells.Length < needed)
        {
            cells.Dispose();
            cells = new AlignedBuffer(needed + needed / 8);
        }
        long kept = keepsLikelihoods ? (long)count * paddedNodeCount : 0;
        if (likelihoods is not null && (kept == 0 || likelihoods.Length < kept))
        {
            likelihoods.Dispose();
            likelihoods = null;
        }
        if (kept > 0)
            likelihoods ??= new AlignedBuffer(kept + kept / 8);
    }

    /// <summary>Points that the products of a stretch can reach without leaving the range of doubles.</summary>
    private int StretchLength(double* theta)
    {
        double farthest = 0;
        for (int node = 0; node < paddedNodeCount; node++)
            farthest = Math.Max(farthest, Math.Abs(theta[node]));
        return (int)Math.Clamp(1 + 100 / (Spacing * farthest), 1, PointsPerStretch);
    }

    /// <summary>Likelihoods at consecutive points, all less one factor, and their sums.</summary>
    /// <returns>The logarithm of that factor.</returns>
    private double EvaluateStretch(int first, int count, double* theta, double* logPrior, double* values)
    {
        sums[first] = Evaluate(lowest + first * Spacing, theta, logPrior, values, out double shift);
        for (int point = 1; point < count; point++, values += paddedNodeCount)
            sums[first + point] = ScoreGridKernels.Chosen.Step(values, ratio.Pointer, values + paddedNodeCount, paddedNodeCount);
        return shift;
    }

    private double Evaluate(double score, double* theta, double* logPrior, double* values, out double shift)
    {
        shift = ScoreGridKernels.Chosen.LineAndMax(score, theta, logPrior, values, paddedNodeCount);
        return PatternKernels.Chosen.ExpAndSum(values, shift, paddedNodeCount);
    }
}
