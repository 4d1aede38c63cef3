using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Compute.Cpu;

/// <summary>
/// Posterior quantities of one block and answered set as functions of the weighted score t, tabled on an equally spaced grid and
/// interpolated by Lagrange polynomials of eight points.
/// </summary>
/// <remarks>
/// log Z(t) = log Σ_l π_l exp(t θ_l − A_l), EAP(t) = Σ θ_l w_l(t), w_l(t) = π_l exp(t θ_l − A_l)/Z(t): all analytic in t. Expected node
/// totals are collected by the adjoint of the interpolation: a pattern leaves its weight, split by the same eight coefficients, at
/// the grid points; the sum over grid points of weight times w(t) gives the node totals.
/// </remarks>
internal sealed unsafe class ScoreGrid : IDisposable
{
    public const int Points = 8; // of the interpolation
    public const double LargestRange = 5000; // of scores: 50,000 grid points
    private const double Spacing = 0.1;
    private const int FirstPoint = 3; // the argument lies between points 3 and 4 of its eight

    private static readonly double[] Polynomials = LagrangePolynomials();

    private readonly double* polynomials;
    private readonly AlignedBuffer buffer;
    private readonly int paddedNodeCount;
    private double lowest;

    public ScoreGrid(int paddedNodeCount)
    {
        this.paddedNodeCount = paddedNodeCount;
        buffer = new AlignedBuffer(Polynomials.Length);
        Polynomials.CopyTo(new Span<double>(buffer.Pointer, Polynomials.Length));
        polynomials = buffer.Pointer;
        LogZ = [];
        Eap = [];
    }

    public double[] LogZ { get; private set; } // [grid point]

    public double[] Eap { get; private set; } // [grid point]

    public int PointCount => LogZ.Length;

    public void Dispose()
    {
        buffer.Dispose();
    }

    /// <summary>Tables the functions over a range of scores.</summary>
    /// <param name="low">Lowest score.</param>
    /// <param name="high">Highest score.</param>
    /// <param name="theta">Nodes, padded. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    public void Fill(double low, double high, double* theta, double* logPrior)
    {
        int count = (int)Math.Ceiling((high - low) / Spacing) + Points;
        lowest = low - FirstPoint * Spacing;
        if (LogZ.Length != count)
        {
            LogZ = new double[count];
            Eap = new double[count];
        }
        using AlignedBuffer scratch = new(paddedNodeCount);
        double* values = scratch.Pointer;
        for (int point = 0; point < count; point++)
        {
            double sum = Evaluate(lowest + point * Spacing, theta, logPrior, values, out double shift);
            LogZ[point] = shift + Math.Log(sum);
            double first = 0;
            for (int node = 0; node < paddedNodeCount; node++)
                first += values[node] * theta[node];
            Eap[point] = first / sum;
        }
    }

    /// <summary>Adds Σ_points deposit · w(t) to the node totals.</summary>
    public void AddNodeTotals(double[] deposit, double* theta, double* logPrior, double* totals)
    {
        using AlignedBuffer scratch = new(paddedNodeCount);
        for (int point = 0; point < PointCount; point++)
        {
            if (deposit[point] == 0)
                continue;
            double sum = Evaluate(lowest + point * Spacing, theta, logPrior, scratch.Pointer, out _);
            PatternKernels.ScaleAndAccumulate(scratch.Pointer, deposit[point] / sum, totals, paddedNodeCount);
        }
    }

    /// <summary>Writes w(t), the posterior at one grid point.</summary>
    /// <param name="point">Grid point.</param>
    /// <param name="theta">Nodes, padded. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="weights">Receives them. [padded node]</param>
    public void Weights(int point, double* theta, double* logPrior, double* weights)
    {
        double sum = Evaluate(lowest + point * Spacing, theta, logPrior, weights, out _);
        for (int node = 0; node < paddedNodeCount; node++)
            weights[node] /= sum;
    }

    /// <summary>First grid point and the eight coefficients of a score.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Locate(double score, out Vector512<double> coefficients)
    {
        double position = (score - lowest) * (1 / Spacing);
        int cell = Math.Clamp((int)position, FirstPoint, PointCount - Points + FirstPoint);
        Vector512<double> fraction = Vector512.Create(position - cell);
        Vector512<double> sum = Vector512.Load(polynomials + 7 * Points);
        for (int power = 6; power >= 0; power--)
            sum = Vector512.FusedMultiplyAdd(sum, fraction, Vector512.Load(polynomials + power * Points));
        coefficients = sum;
        return cell - FirstPoint;
    }

    /// <summary>Largest error of log Z seen at the middles of up to <paramref name="count"/> cells.</summary>
    public double LargestError(int count, double* theta, double* logPrior)
    {
        using AlignedBuffer scratch = new(paddedNodeCount);
        double largest = 0;
        int stride = Math.Max(1, (PointCount - Points) / count);
        for (int cell = FirstPoint; cell <= PointCount - Points + FirstPoint; cell += stride)
        {
            double score = lowest + (cell + 0.5) * Spacing;
            double exact = Math.Log(Evaluate(score, theta, logPrior, scratch.Pointer, out double shift)) + shift;
            int first = Locate(score, out Vector512<double> coefficients);
            double interpolated = Vector512.Dot(coefficients, Vector512.Create(LogZ.AsSpan(first, Points)));
            largest = Math.Max(largest, Math.Abs(interpolated - exact));
        }
        return largest;
    }

    private double Evaluate(double score, double* theta, double* logPrior, double* values, out double shift)
    {
        Vector512<double> scores = Vector512.Create(score);
        Vector512<double> largest = Vector512.Create(double.NegativeInfinity);
        for (int node = 0; node < paddedNodeCount; node += 8)
        {
            Vector512<double> exponent = Vector512.FusedMultiplyAdd(scores, Vector512.Load(theta + node), Vector512.Load(logPrior + node));
            exponent.Store(values + node);
            largest = Vector512.Max(largest, exponent);
        }
        shift = double.NegativeInfinity;
        for (int lane = 0; lane < 8; lane++)
            shift = Math.Max(shift, largest[lane]);
        return PatternKernels.ExpAndSum(values, shift, paddedNodeCount);
    }

    /// <summary>Coefficients of the eight basis polynomials in f, the position within the cell. [power, point]</summary>
    private static double[] LagrangePolynomials()
    {
        double[] result = new double[Points * Points];
        for (int point = 0; point < Points; point++)
        {
            double[] polynomial = [1];
            double denominator = 1;
            for (int other = 0; other < Points; other++)
            {
                if (other == point)
                    continue;
                // Multiply by (f + FirstPoint − other).
                double[] next = new double[polynomial.Length + 1];
                for (int power = 0; power < polynomial.Length; power++)
                {
                    next[power + 1] += polynomial[power];
                    next[power] += polynomial[power] * (FirstPoint - other);
                }
                polynomial = next;
                denominator *= point - other;
            }
            for (int power = 0; power < Points; power++)
                result[power * Points + point] = polynomial[power] / denominator;
        }
        return result;
    }
}
