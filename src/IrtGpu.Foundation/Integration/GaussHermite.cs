using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Foundation.Integration;

/// <summary>Gauss–Hermite rule for the standard normal density.</summary>
internal static class GaussHermite
{
    /// <summary>Nodes ascending and log weights; the weights sum to 1.</summary>
    /// <remarks>
    /// Nodes are the eigenvalues of the Jacobi matrix (Golub &amp; Welsch 1969), polished by Newton steps on the orthonormal
    /// polynomials, from which the weights follow with full relative precision even where they are tiny.
    /// </remarks>
    /// <param name="count">Number of nodes, at least 1.</param>
    public static (double[] Nodes, double[] LogWeights) Rule(int count)
    {
        Matrix<double> jacobi = Matrix<double>.Build.Dense(count, count);
        for (int k = 1; k < count; k++)
            jacobi[k, k - 1] = jacobi[k - 1, k] = Math.Sqrt(k);
        double[] nodes = [.. jacobi.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Order()];
        double[] logWeights = new double[count];
        for (int k = 0; k < count; k++)
        {
            double below = 1;
            for (int step = 0; step < 3; step++)
            {
                (double top, below) = Orthonormal(nodes[k], count);
                nodes[k] -= top / (Math.Sqrt(count) * below);
            }
            (_, below) = Orthonormal(nodes[k], count);
            logWeights[k] = -Math.Log(count) - 2 * Math.Log(Math.Abs(below));
        }
        return (nodes, logWeights);
    }

    private static (double Top, double Below) Orthonormal(double x, int degree)
    {
        double below = 0;
        double top = 1;
        for (int k = 0; k < degree; k++)
            (below, top) = (top, (x * top - Math.Sqrt(k) * below) / Math.Sqrt(k + 1));
        return (top, below);
    }
}
