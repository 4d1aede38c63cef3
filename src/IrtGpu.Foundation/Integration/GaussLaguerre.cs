using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Foundation.Integration;

/// <summary>Gauss rule for the gamma density t^α e^−t / Γ(α + 1), t > 0.</summary>
internal static class GaussLaguerre
{
    /// <summary>Nodes ascending and weights, which sum to 1 (Golub &amp; Welsch 1969).</summary>
    /// <param name="count">Number of nodes, at least 1.</param>
    /// <param name="alpha">α > −1.</param>
    public static (double[] Nodes, double[] Weights) Rule(int count, double alpha)
    {
        Matrix<double> jacobi = Matrix<double>.Build.Dense(count, count);
        for (int k = 0; k < count; k++)
        {
            jacobi[k, k] = 2 * k + 1 + alpha;
            if (k > 0)
                jacobi[k, k - 1] = jacobi[k - 1, k] = Math.Sqrt(k * (k + alpha));
        }
        var evd = jacobi.Evd(Symmetricity.Symmetric);
        int[] order = [.. Enumerable.Range(0, count).OrderBy(k => evd.EigenValues[k].Real)];
        return ([.. order.Select(k => evd.EigenValues[k].Real)], [.. order.Select(k => evd.EigenVectors[0, k] * evd.EigenVectors[0, k])]);
    }
}
