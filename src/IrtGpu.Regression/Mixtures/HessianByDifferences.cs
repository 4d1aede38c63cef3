namespace IrtGpu.Regression.Mixtures;

/// <summary>Second derivatives of a log posterior by central differences of its exact gradient, extrapolated once.</summary>
internal static class HessianByDifferences
{
    private const double Step = 1e-3;

    /// <param name="posterior">The log posterior.</param>
    /// <param name="free">Where. [free]</param>
    /// <returns>Symmetric. [free, free]</returns>
    public static double[] Of(MixturePosterior posterior, ReadOnlySpan<double> free)
    {
        int n = posterior.Count;
        double[] hessian = new double[n * n];
        double[] moved = free.ToArray();
        double[] above = new double[n];
        double[] below = new double[n];
        for (int row = 0; row < n; row++)
        {
            for (int halving = 0; halving < 2; halving++)
            {
                double step = halving == 0 ? Step : Step / 2;
                double weight = halving == 0 ? -1.0 / 3 : 4.0 / 3; // Richardson
                moved[row] = free[row] + step;
                posterior.Evaluate(moved, above);
                moved[row] = free[row] - step;
                posterior.Evaluate(moved, below);
                for (int column = 0; column < n; column++)
                    hessian[row * n + column] += weight * (above[column] - below[column]) / (2 * step);
            }
            moved[row] = free[row];
        }
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < row; column++)
                hessian[row * n + column] = hessian[column * n + row] = (hessian[row * n + column] + hessian[column * n + row]) / 2;
        }
        return hessian;
    }
}
