namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>Correlation matrices from unbounded numbers: inverse hyperbolic tangents of canonical partial correlations.</summary>
/// <remarks>Lewandowski, Kurowicka &amp; Joe (2009), J. Multivar. Anal. 100, 1989–2001, §2.4, with the Cholesky factor built row by row as Stan does.</remarks>
internal static class CorrelationFactor
{
    /// <summary>Cholesky factor L of the correlation matrix, row-major. [q, q]</summary>
    /// <param name="unbounded">Row after row of the lower triangle; empty: no correlations. [q(q − 1)/2]</param>
    /// <param name="q">Order.</param>
    public static double[] Of(ReadOnlySpan<double> unbounded, int q)
    {
        double[] factor = new double[q * q];
        int next = 0;
        for (int row = 0; row < q; row++)
        {
            double left = 1; // of the squared length of the row
            for (int column = 0; column < row && unbounded.Length > 0; column++)
            {
                double value = Math.Tanh(unbounded[next++]) * Math.Sqrt(left);
                factor[row * q + column] = value;
                left -= value * value;
            }
            factor[row * q + row] = Math.Sqrt(Math.Max(left, 0));
        }
        return factor;
    }

    /// <summary>The unbounded numbers of a correlation matrix; partial correlations of ±1 are held just inside. [q(q − 1)/2]</summary>
    /// <param name="factor">Its Cholesky factor, rows of length 1. [q, q]</param>
    /// <param name="q">Order.</param>
    public static double[] Unbounded(ReadOnlySpan<double> factor, int q)
    {
        const double largest = 1 - 1e-12;
        double[] unbounded = new double[q * (q - 1) / 2];
        int next = 0;
        for (int row = 1; row < q; row++)
        {
            double left = 1;
            for (int column = 0; column < row; column++)
            {
                double value = factor[row * q + column];
                double partial = left > 0 ? value / Math.Sqrt(left) : 0;
                unbounded[next++] = Math.Atanh(Math.Clamp(partial, -largest, largest));
                left -= value * value;
            }
        }
        return unbounded;
    }

    /// <summary>The correlation matrix LLᵀ. [q, q]</summary>
    public static double[] Correlations(ReadOnlySpan<double> unbounded, int q)
    {
        double[] factor = Of(unbounded, q);
        double[] matrix = new double[q * q];
        for (int row = 0; row < q; row++)
        {
            for (int column = 0; column < q; column++)
            {
                for (int k = 0; k <= Math.Min(row, column); k++)
                    matrix[row * q + column] += factor[row * q + k] * factor[column * q + k];
            }
        }
        return matrix;
    }
}
