using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.WeightedScore.Interpolation;

/// <summary>Summaries of the posterior of one block and answered set as functions of the weighted score t.</summary>
/// <remarks>
/// log Z(t), the mean and the variance are interpolated on the grid of <see cref="WeightedScoreGrid"/>. The node of the largest weight
/// π_l exp(t θ_l − A_l) is found exactly: its logarithms are lines in t of slope θ_l, and the largest of them is their upper
/// envelope, whose nodes ascend with t.
/// </remarks>
internal sealed unsafe class WeightedScoreCurves
{
    private const int SampleCount = 32;

    private readonly WeightedScoreGrid grid;
    private readonly double[] variance; // [grid point]
    private readonly double[] theta; // [node of weight above 0]
    private readonly double[] logPrior; // [node of weight above 0] log π − A
    private readonly int[] envelope; // [piece] node, ascending
    private readonly double[] breaks; // [piece − 1] score from which on the next piece is larger

    /// <summary>Tables the variance on the grid's points and finds the envelope.</summary>
    /// <param name="grid">Filled with log Z and means.</param>
    /// <param name="theta">Nodes, padded. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="paddedNodeCount">Their number.</param>
    public WeightedScoreCurves(WeightedScoreGrid grid, double* theta, double* logPrior, int paddedNodeCount)
    {
        this.grid = grid;
        variance = new double[grid.PointCount];
        using AlignedBuffer weights = new(paddedNodeCount);
        for (int point = 0; point < variance.Length; point++)
            variance[point] = grid.Weights(point, theta, logPrior, weights.Pointer);
        List<(double Theta, double LogPrior)> nodes = [];
        for (int node = 0; node < paddedNodeCount; node++)
        {
            if (logPrior[node] > double.NegativeInfinity)
                nodes.Add((theta[node], logPrior[node]));
        }
        nodes.Sort();
        this.theta = [.. nodes.Select(node => node.Theta)];
        this.logPrior = [.. nodes.Select(node => node.LogPrior)];
        (envelope, breaks) = Envelope();
    }

    /// <summary>log Z, mean and variance of the posterior at a score.</summary>
    public void Interpolate(double score, out double logZ, out double mean, out double spread)
    {
        double* coefficients = stackalloc double[LagrangeBasis.Points];
        int first = grid.Locate(score, coefficients);
        logZ = WeightedScoreGrid.Interpolate(coefficients, grid.LogZ, first);
        mean = WeightedScoreGrid.Interpolate(coefficients, grid.Eap, first);
        spread = WeightedScoreGrid.Interpolate(coefficients, variance, first);
    }

    /// <summary>Finds the node of the largest weight; returns the logarithm of π_l exp(t θ_l − A_l) there.</summary>
    public double LargestNode(double score, out double node)
    {
        int piece = Array.BinarySearch(breaks, score);
        int index = envelope[piece < 0 ? ~piece : piece];
        node = theta[index];
        return score * node + logPrior[index];
    }

    /// <summary>Largest error of means and variances, at scores spread evenly over a range.</summary>
    /// <param name="low">Lowest score.</param>
    /// <param name="high">Highest score.</param>
    public double LargestError(double low, double high)
    {
        double largest = 0;
        for (int sample = 0; sample < SampleCount; sample++)
        {
            double score = low + (high - low) * (sample + 0.5) / SampleCount;
            Interpolate(score, out _, out double mean, out double spread);
            (double exactMean, double exactVariance) = Exact(score);
            double error = Math.Max(Math.Abs(mean - exactMean), Math.Abs(spread - exactVariance));
            if (!(error <= largest)) // a NaN is an error, too
                largest = error;
        }
        return largest;
    }

    private (double Mean, double Variance) Exact(double score)
    {
        double shift = LargestNode(score, out _);
        double total = 0;
        double mean = 0;
        for (int node = 0; node < theta.Length; node++)
        {
            double weight = Math.Exp(score * theta[node] + logPrior[node] - shift);
            total += weight;
            mean += weight * theta[node];
        }
        mean /= total;
        double spread = 0;
        for (int node = 0; node < theta.Length; node++)
            spread += Math.Exp(score * theta[node] + logPrior[node] - shift) * (theta[node] - mean) * (theta[node] - mean);
        return (mean, spread / total);
    }

    /// <summary>Upper envelope of the lines t θ + log π − A.</summary>
    private (int[] Pieces, double[] Breaks) Envelope()
    {
        List<int> pieces = [];
        List<double> starts = []; // score from which on a piece is the largest, −∞ of the first
        for (int node = 0; node < theta.Length; node++)
        {
            double start = double.NegativeInfinity;
            while (pieces.Count > 0)
            {
                start = (logPrior[pieces[^1]] - logPrior[node]) / (theta[node] - theta[pieces[^1]]);
                if (start > starts[^1])
                    break;
                pieces.RemoveAt(pieces.Count - 1);
                starts.RemoveAt(starts.Count - 1);
                start = double.NegativeInfinity;
            }
            pieces.Add(node);
            starts.Add(start);
        }
        return ([.. pieces], [.. starts.Skip(1)]);
    }
}
