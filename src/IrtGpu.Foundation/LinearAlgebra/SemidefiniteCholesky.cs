namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>Cholesky factor of a small matrix that may lack full rank: columns without a rest are 0.</summary>
internal static class SemidefiniteCholesky
{
    private const double RelativeRest = 1e-14; // of a diagonal element, below which it is rounding

    /// <summary>L with A = L Lᵀ.</summary>
    /// <param name="matrix">A, symmetric. [n, n]</param>
    /// <param name="n">Order.</param>
    public static double[] Factor(ReadOnlySpan<double> matrix, int n)
    {
        double[] factor = new double[n * n];
        for (int column = 0; column < n; column++)
        {
            double diagonal = matrix[column * n + column];
            double rest = diagonal;
            for (int c = 0; c < column; c++)
                rest -= factor[column * n + c] * factor[column * n + c];
            if (!(rest > RelativeRest * diagonal))
                continue;
            factor[column * n + column] = Math.Sqrt(rest);
            for (int row = column + 1; row < n; row++)
            {
                double sum = matrix[row * n + column];
                for (int c = 0; c < column; c++)
                    sum -= factor[row * n + c] * factor[column * n + c];
                factor[row * n + column] = sum / factor[column * n + column];
            }
        }
        return factor;
    }
}
