namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>Orthonormal polynomials over the values of a column, as R's <c>poly</c> has them.</summary>
/// <remarks>
/// p_0 = 1, p_1 = x − α_1, p_(k+1) = (x − α_(k+1)) p_k − (n_k/n_(k−1)) p_(k−1), with α_(k+1) = Σ x p_k²/n_k and n_k = Σ p_k²;
/// column k is p_k/√n_k. Kennedy &amp; Gentle (1980), Statistical Computing, pp. 343–344.
/// </remarks>
internal static class OrthogonalPolynomial
{
    /// <summary>Centres α_1…α_d, then squared norms n_0…n_d; null where the column has too few distinct values.</summary>
    public static double[]? Fit(double[] x, int degree)
    {
        double[] values = new double[2 * degree + 1];
        double[] before = new double[x.Length];
        double[] current = new double[x.Length];
        Array.Fill(current, 1);
        values[degree] = x.Length;
        double scale = x.Max(Math.Abs);
        for (int k = 0; k < degree; k++)
        {
            double norm = values[degree + k];
            double centre = 0;
            for (int row = 0; row < x.Length; row++)
                centre += x[row] * current[row] * current[row];
            values[k] = centre / norm;
            double ratio = k == 0 ? 0 : norm / values[degree + k - 1];
            double next = 0;
            for (int row = 0; row < x.Length; row++)
            {
                (before[row], current[row]) = (current[row], (x[row] - values[k]) * current[row] - ratio * before[row]);
                next += current[row] * current[row];
            }
            if (!(next > 1e-14 * norm * scale * scale))
                return null;
            values[degree + k + 1] = next;
        }
        return values;
    }

    /// <summary>The columns at new values. [degree][row]</summary>
    public static double[][] Evaluate(double[] x, IReadOnlyList<double> values)
    {
        int degree = values.Count / 2;
        double[][] columns = new double[degree][];
        double[] before = new double[x.Length];
        double[] current = new double[x.Length];
        Array.Fill(current, 1);
        for (int k = 0; k < degree; k++)
        {
            double ratio = k == 0 ? 0 : values[degree + k] / values[degree + k - 1];
            double root = Math.Sqrt(values[degree + k + 1]);
            columns[k] = new double[x.Length];
            for (int row = 0; row < x.Length; row++)
            {
                (before[row], current[row]) = (current[row], (x[row] - values[k]) * current[row] - ratio * before[row]);
                columns[k][row] = current[row] / root;
            }
        }
        return columns;
    }
}
