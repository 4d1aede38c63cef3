using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Foundation.Integration;

/// <summary>Randomised quasi-Monte-Carlo for the standard normal: a shifted lattice, each point with its mirror image.</summary>
/// <remarks>
/// Points are drawn from a normal that is somewhat wider and weighed by the ratio of the two: the tails of a posterior are longer than those of
/// the normal at its mode, and points as near as that leave them to few with much weight. Points and mirror images together integrate all
/// odd functions exactly; then points are stretched so that they have the covariances of the normal, and polynomials up to degree 3
/// are exact. What is random is the shift (Cranley &amp; Patterson 1976).
/// </remarks>
internal static class LatticeRules
{
    /// <summary>Rules that differ by their shifts alone.</summary>
    /// <param name="nodeCount">Nodes of each, a power of 2 and at least 4.</param>
    /// <param name="dimension">Number of dimensions.</param>
    /// <param name="count">Number of rules.</param>
    /// <param name="nextUniform">Uniform random numbers.</param>
    public static NormalRule[] Create(int nodeCount, int dimension, int count, Func<double> nextUniform)
    {
        int half = nodeCount / 2;
        int[] vector = RankOneLattice.GeneratingVector(half, dimension);
        return [.. Enumerable.Range(0, count).Select(_ => Shift(half, vector, [.. vector.Select(_ => nextUniform())]))];
    }

    /// <summary>How much wider than the normal points are drawn: the less the more dimensions there are, as weights differ by its power.</summary>
    /// <remarks>
    /// Measured at the posteriors of simulated persons with five items a dimension: 256 points err by .003 a person in ten dimensions and by .001
    /// in five, where equal weights err by .0066 and .0033.
    /// </remarks>
    /// <param name="dimension">Number of dimensions.</param>
    public static double Width(int dimension) => Math.Min(1.4, 1 + 1.5 / dimension);

    private static NormalRule Shift(int half, int[] vector, double[] shift)
    {
        int dimension = vector.Length;
        double[] nodes = new double[2 * half * dimension];
        for (int j = 0; j < dimension; j++)
        {
            Span<double> row = nodes.AsSpan(2 * half * j, 2 * half);
            for (int k = 0; k < half; k++)
            {
                double u = (double)((long)k * vector[j] % half) / half + shift[j];
                double coordinate = Normal.InvCDF(0, 1, Math.Clamp(u - Math.Floor(u), 1e-16, 1 - 1e-16));
                row[2 * k] = coordinate;
                row[2 * k + 1] = -coordinate;
            }
        }
        double[] weights = Widen(nodes, dimension);
        Stretch(nodes, weights, dimension);
        return new NormalRule(dimension, nodes, weights);
    }

    /// <summary>Multiplies points by the width.</summary>
    /// <returns>Weights that sum to 1.</returns>
    private static double[] Widen(double[] nodes, int dimension)
    {
        double width = Width(dimension);
        double[] weights = new double[nodes.Length / dimension];
        double total = 0;
        for (int node = 0; node < weights.Length; node++)
        {
            double square = 0;
            for (int j = 0; j < dimension; j++)
            {
                square += nodes[j * weights.Length + node] * nodes[j * weights.Length + node];
                nodes[j * weights.Length + node] *= width;
            }
            weights[node] = Math.Exp(0.5 * (1 - width * width) * square);
            total += weights[node];
        }
        foreach (ref double weight in weights.AsSpan())
            weight /= total;
        return weights;
    }

    /// <summary>Multiplies by the inverse of the Cholesky factor of the points' covariances; where there are too few points for that, they stay.</summary>
    private static void Stretch(double[] nodes, double[] weights, int dimension)
    {
        int count = nodes.Length / dimension;
        double[] factor = new double[dimension * dimension];
        for (int j = 0; j < dimension; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                double sum = 0;
                for (int node = 0; node < count; node++)
                    sum += weights[node] * nodes[j * count + node] * nodes[k * count + node];
                factor[j * dimension + k] = sum;
            }
        }
        if (!CholeskySolver.TryFactor(factor, dimension))
            return;
        for (int j = 0; j < dimension; j++)
        {
            for (int node = 0; node < count; node++)
            {
                double value = nodes[j * count + node];
                for (int k = 0; k < j; k++)
                    value -= factor[j * dimension + k] * nodes[k * count + node];
                nodes[j * count + node] = value / factor[j * dimension + j];
            }
        }
    }
}
