using IrtGpu.Regression.Mixed;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace IrtGpu.Regression.Inference;

/// <summary>Covariance of (ϑ, log σ²) from the observed information, and what follows from it.</summary>
/// <remarks>
/// With τ = log σ² the criterion is D(ϑ) + r²(ϑ)e^−τ + ντ; eliminating τ leaves the profiled one, whose Hessian is known. Directions in
/// which the criterion does not curve have no variance to speak of and are left out, as a variance at 0 has none.
/// </remarks>
internal sealed class JointInformation
{
    private const double FlatShare = 1e-9;

    private readonly MixedProblem problem;
    private readonly double[] theta;
    private readonly double sigma;
    private readonly double[] covariance; // of (ϑ, τ)
    private readonly CriterionCurvature curvature;
    private readonly int n;

    private JointInformation(MixedProblem problem, double[] theta, double sigma, double[] covariance, CriterionCurvature curvature, double? smallest)
    {
        this.problem = problem;
        this.theta = theta;
        this.sigma = sigma;
        this.covariance = covariance;
        this.curvature = curvature;
        n = theta.Length;
        SmallestCurvature = smallest;
    }

    /// <summary>Smallest eigenvalue of the Hessian in ϑ; null where there is no ϑ.</summary>
    public double? SmallestCurvature { get; }

    /// <param name="problem">The model.</param>
    /// <param name="criterion">The criterion, at the estimates.</param>
    /// <param name="theta">The estimates. [ϑ]</param>
    /// <param name="sigma">Residual standard deviation in units of the response.</param>
    public static JointInformation At(MixedProblem problem, ProfiledCriterion criterion, double[] theta, double sigma)
    {
        int n = theta.Length;
        double variance = criterion.ResidualVariance;
        int divisor = criterion.Divisor;
        CriterionCurvature curvature = CriterionCurvature.At(criterion, theta);
        Matrix<double> joint = Matrix<double>.Build.Dense(n + 1, n + 1);
        joint[n, n] = divisor;
        for (int i = 0; i < n; i++)
        {
            double cross = -curvature.SquaresGradient[i] / variance;
            joint[i, n] = joint[n, i] = cross;
            for (int j = 0; j < n; j++)
                joint[i, j] = curvature.Hessian[i * n + j] + cross * -curvature.SquaresGradient[j] / variance / divisor;
        }
        Evd<double> eigen = joint.Evd(Symmetricity.Symmetric);
        double largest = eigen.EigenValues.Max(value => value.Real);
        double[] covariance = new double[(n + 1) * (n + 1)];
        for (int direction = 0; direction <= n; direction++)
        {
            double value = eigen.EigenValues[direction].Real;
            if (!(value > FlatShare * largest))
                continue;
            for (int i = 0; i <= n; i++)
            {
                for (int j = 0; j <= n; j++)
                    covariance[i * (n + 1) + j] += 2 * eigen.EigenVectors[i, direction] * eigen.EigenVectors[j, direction] / value;
            }
        }
        double? smallest = n == 0 ? null : Matrix<double>.Build.Dense(n, n, curvature.Hessian).Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real);
        return new JointInformation(problem, theta, sigma, covariance, curvature, smallest);
    }

    /// <summary>Standard errors of <see cref="CovarianceComponents.Deviations"/>; NaN where a value is at a bound.</summary>
    public double[] DeviationErrors()
    {
        double[] values = CovarianceComponents.Deviations(problem, theta, sigma);
        double[][] gradients = new double[n + 1][];
        for (int index = 0; index <= n; index++)
        {
            double step = 1e-5 * (index < n ? Math.Max(0.05, Math.Abs(theta[index])) : 1);
            gradients[index] = [.. Shifted(index, step).Zip(Shifted(index, -step), (above, below) => (above - below) / (2 * step))];
        }
        double[] errors = new double[values.Length];
        for (int value = 0; value < errors.Length; value++)
        {
            bool isAtBound = IsCorrelation(value) ? !(Math.Abs(values[value]) < 1 - 1e-9) : !(values[value] > 0);
            errors[value] = isAtBound ? double.NaN : Math.Sqrt(Quadratic(gradients, value));
        }
        return errors;
    }

    /// <summary>Satterthwaite's degrees of freedom 2f²/Var(f), f the variance of a fixed effect. [p]</summary>
    /// <param name="standardizedCovariance">(XᵀV⁻¹X)⁻¹ on the standardized scale. [p, p]</param>
    public double[] Satterthwaite(double[] standardizedCovariance)
    {
        int p = problem.FixedCount;
        double[] variances = problem.FixedBasis.Congruence(standardizedCovariance);
        double[][] gradients = new double[n + 1][];
        for (int index = 0; index < n; index++)
            gradients[index] = Diagonal(problem.FixedBasis.Congruence(curvature.FixedVarianceGradients[index]), p);
        gradients[n] = Diagonal(variances, p);
        double[] df = new double[p];
        for (int effect = 0; effect < p; effect++)
        {
            double variance = variances[effect * p + effect];
            df[effect] = 2 * variance * variance / Quadratic(gradients, effect);
        }
        return df;
    }

    private static double[] Diagonal(double[] matrix, int order) => [.. Enumerable.Range(0, order).Select(index => matrix[index * order + index])];

    private bool IsCorrelation(int position)
    {
        foreach (MixedTerm term in problem.Terms)
        {
            int k = term.Width;
            if (position < k)
                return false;
            position -= k;
            if (position < k * (k - 1) / 2)
                return true;
            position -= k * (k - 1) / 2;
        }
        return false;
    }

    private double[] Shifted(int index, double step)
    {
        double[] point = (double[])theta.Clone();
        if (index < n)
            point[index] += step;
        return CovarianceComponents.Deviations(problem, point, index < n ? sigma : sigma * Math.Exp(step / 2));
    }

    private double Quadratic(double[][] gradients, int value)
    {
        double sum = 0;
        for (int i = 0; i <= n; i++)
        {
            for (int j = 0; j <= n; j++)
                sum += gradients[i][value] * covariance[i * (n + 1) + j] * gradients[j][value];
        }
        return sum;
    }
}
