namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>In-place Cholesky of small dense symmetric matrices, without allocation: the M-step solves thousands a cycle.</summary>
internal static class CholeskySolver
{
    /// <summary>Replaces the lower triangle by L with A = L Lᵀ; false when A is not positive definite to rounding.</summary>
    /// <param name="matrix">Row-major; only the lower triangle is read. [n, n]</param>
    /// <param name="n">Order.</param>
    public static bool TryFactor(Span<double> matrix, int n)
    {
        for (int j = 0; j < n; j++)
        {
            double diagonal = matrix[j * n + j];
            double rest = diagonal;
            for (int k = 0; k < j; k++)
                rest -= matrix[j * n + k] * matrix[j * n + k];
            if (!(rest > 1e-13 * diagonal) || !double.IsFinite(rest))
                return false;
            double root = Math.Sqrt(rest);
            matrix[j * n + j] = root;
            for (int i = j + 1; i < n; i++)
            {
                double sum = matrix[i * n + j];
                for (int k = 0; k < j; k++)
                    sum -= matrix[i * n + k] * matrix[j * n + k];
                matrix[i * n + j] = sum / root;
            }
        }
        return true;
    }

    /// <summary>
    /// Factors A, with a growing ridge on the diagonal where A is not positive definite; where A is not finite no ridge helps, and L is made
    /// of NaN, so that what is solved with it is no number.
    /// </summary>
    /// <param name="source">A, lower triangle. [n, n]</param>
    /// <param name="factor">Receives L. [n, n]</param>
    /// <param name="n">Order.</param>
    public static void FactorWithRidge(ReadOnlySpan<double> source, Span<double> factor, int n)
    {
        double largest = 1e-8;
        for (int j = 0; j < n; j++)
            largest = Math.Max(largest, Math.Abs(source[j * n + j]));
        double ridge = 0;
        while (double.IsFinite(ridge))
        {
            source[..(n * n)].CopyTo(factor);
            for (int j = 0; j < n; j++)
                factor[j * n + j] += ridge;
            if (TryFactor(factor, n))
                return;
            ridge = ridge == 0 ? 1e-6 * largest : 10 * ridge;
        }
        factor[..(n * n)].Fill(double.NaN);
    }

    /// <summary>Solves L Lᵀ x = b in place.</summary>
    /// <param name="factor">L. [n, n]</param>
    /// <param name="vector">b, then x; elements <c>stride</c> apart.</param>
    /// <param name="n">Order.</param>
    /// <param name="stride">Distance of the elements.</param>
    public static void Solve(ReadOnlySpan<double> factor, Span<double> vector, int n, int stride = 1)
    {
        for (int j = 0; j < n; j++)
        {
            double sum = vector[j * stride];
            for (int k = 0; k < j; k++)
                sum -= factor[j * n + k] * vector[k * stride];
            vector[j * stride] = sum / factor[j * n + j];
        }
        for (int j = n - 1; j >= 0; j--)
        {
            double sum = vector[j * stride];
            for (int k = j + 1; k < n; k++)
                sum -= factor[k * n + j] * vector[k * stride];
            vector[j * stride] = sum / factor[j * n + j];
        }
    }
}
