using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>Finds along what a symmetric matrix is not positive definite, at the price of a Cholesky factor at most.</summary>
internal static class IndefiniteDirection
{
    /// <summary>A vector v with vᵀ A v ≤ 0, to rounding; null where A is positive definite.</summary>
    /// <remarks>
    /// Row by row A = L Lᵀ until a pivot fails: A_kk ≤ lᵀl, L l = A_·k. Then v = (−L⁻ᵀ l, 1, 0 …) has the pivot as its vᵀ A v.
    /// Golub &amp; Van Loan (2013), Matrix Computations, §4.2.
    /// </remarks>
    /// <param name="matrix">A, row-major; the lower triangle is read and overwritten. [n, n]</param>
    /// <param name="n">Order.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static double[]? Find(double[] matrix, int n, CancellationToken cancellation = default)
    {
        const double Rounding = 1e-13; // of a diagonal element
        for (int row = 0; row < n; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<double> current = matrix.AsSpan(row * n, row + 1);
            for (int column = 0; column < row; column++)
            {
                ReadOnlySpan<double> above = matrix.AsSpan(column * n, column + 1);
                current[column] = (current[column] - FixedOrderSums.Dot(current[..column], above[..column])) / above[column];
            }
            double pivot = current[row] - FixedOrderSums.SumOfSquares(current[..row]);
            if (!(pivot > Rounding * current[row]))
                return Direction(matrix, n, row);
            current[row] = Math.Sqrt(pivot);
        }
        return null;
    }

    private static double[] Direction(double[] matrix, int n, int failed)
    {
        double[] direction = new double[n];
        direction[failed] = 1;
        Span<double> rest = matrix.AsSpan(failed * n, failed);
        for (int row = failed - 1; row >= 0; row--)
        {
            ReadOnlySpan<double> factor = matrix.AsSpan(row * n, row + 1);
            double value = rest[row] / factor[row];
            direction[row] = -value;
            TensorPrimitives.MultiplyAdd(factor[..row], -value, rest[..row], rest[..row]);
        }
        return direction;
    }
}
