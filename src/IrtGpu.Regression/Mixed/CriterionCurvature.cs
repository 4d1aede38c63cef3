namespace IrtGpu.Regression.Mixed;

/// <summary>Second derivatives of the profiled criterion, and first ones of Var(β̂), by central differences of exact gradients.</summary>
/// <param name="Hessian">Of the criterion in ϑ. [ϑ, ϑ]</param>
/// <param name="FixedVarianceGradients">Derivatives of (XᵀV⁻¹X)⁻¹ on the standardized scale. [ϑ][p, p]</param>
/// <param name="SquaresGradient">Derivatives of r² at the point. [ϑ]</param>
internal sealed record CriterionCurvature(double[] Hessian, double[][] FixedVarianceGradients, double[] SquaresGradient)
{
    private const double RelativeStep = 3e-4;

    /// <summary>Computes them at a point, and leaves the criterion there.</summary>
    /// <param name="criterion">The criterion.</param>
    /// <param name="theta">The point. [ϑ]</param>
    public static CriterionCurvature At(ProfiledCriterion criterion, double[] theta)
    {
        int n = theta.Length;
        double[] hessian = new double[n * n];
        double[][] variances = new double[n][];
        double[] point = (double[])theta.Clone();
        double[] above = new double[n];
        double[] below = new double[n];
        for (int index = 0; index < n; index++)
        {
            double step = RelativeStep * Math.Max(0.05, Math.Abs(theta[index]));
            point[index] = theta[index] + step;
            criterion.Evaluate(point, above);
            double[] variance = criterion.Equations.FixedCovariance();
            point[index] = theta[index] - step;
            criterion.Evaluate(point, below);
            double[] other = criterion.Equations.FixedCovariance();
            point[index] = theta[index];
            variances[index] = [.. variance.Zip(other, (first, second) => (first - second) / (2 * step))];
            for (int row = 0; row < n; row++)
                hessian[row * n + index] = (above[row] - below[row]) / (2 * step);
        }
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < row; column++)
                hessian[row * n + column] = hessian[column * n + row] = (hessian[row * n + column] + hessian[column * n + row]) / 2;
        }
        criterion.Evaluate(theta, above);
        return new CriterionCurvature(hessian, variances, criterion.Parameters.Read(criterion.SquaresGradient(criterion.Fixed)));
    }
}
