namespace IrtGpu.Regression.Mixed;

/// <summary>Covariance matrices of the terms in the units of the data.</summary>
internal static class CovarianceComponents
{
    /// <summary>The block of T that belongs to a term. [k, k]</summary>
    public static double[] TermBlock(MixedTerm term, double[][] transforms, int groupingWidth)
    {
        int k = term.Width;
        double[] block = new double[k * k];
        for (int row = 0; row < k; row++)
        {
            for (int column = 0; column < k; column++)
                block[row * k + column] = transforms[term.GroupingIndex][(term.Offset + row) * groupingWidth + term.Offset + column];
        }
        return block;
    }

    /// <summary>Covariance matrix of a term, variance R⁻¹TTᵀR⁻ᵀ. [k, k]</summary>
    /// <param name="term">The term.</param>
    /// <param name="block">Its T. [k, k]</param>
    /// <param name="variance">Residual variance in units of the response.</param>
    public static double[] Covariance(MixedTerm term, double[] block, double variance)
    {
        int k = term.Width;
        double[] root = term.ToOriginal(block, k);
        double[] covariance = new double[k * k];
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int c = 0; c < k; c++)
                    sum += root[i * k + c] * root[j * k + c];
                covariance[i * k + j] = covariance[j * k + i] = variance * sum;
            }
        }
        return covariance;
    }

    /// <summary>
    /// For each term the standard deviations, then the correlations below the diagonal row by row; last the residual standard deviation.
    /// </summary>
    public static double[] Deviations(MixedProblem problem, ReadOnlySpan<double> theta, double sigma)
    {
        double[][] transforms = problem.Parameters.Transforms(theta);
        List<double> values = [];
        foreach (MixedTerm term in problem.Terms)
        {
            int k = term.Width;
            double[] covariance = Covariance(term, TermBlock(term, transforms, problem.Data.Groupings[term.GroupingIndex].Width), sigma * sigma);
            for (int i = 0; i < k; i++)
                values.Add(Math.Sqrt(covariance[i * k + i]));
            for (int i = 1; i < k; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double scale = Math.Sqrt(covariance[i * k + i] * covariance[j * k + j]);
                    values.Add(scale > 0 ? Math.Clamp(covariance[i * k + j] / scale, -1, 1) : double.NaN);
                }
            }
        }
        values.Add(sigma);
        return [.. values];
    }
}
