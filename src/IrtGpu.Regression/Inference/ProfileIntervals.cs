using IrtGpu.Foundation.Optimization;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Inference;

/// <summary>Limits where the profile of −2 log-likelihood lies a quantile of χ² with one degree of freedom above its minimum.</summary>
/// <remarks>
/// Always of the likelihood, not of residual contrasts, as lme4 has it. The root of the difference is nearly linear in the parameter, so a
/// secant on it needs few fits. Bates et al. (2015), J. Stat. Softw. 67(1), §5.1.
/// </remarks>
internal sealed class ProfileIntervals
{
    private const double Accuracy = 1e-6; // of the root of the difference
    private const int MostFits = 40;

    private readonly MixedProblem problem;
    private readonly double[] theta; // at the maximum of the likelihood
    private readonly double sigma;
    private readonly double minimum;
    private readonly double target = Distributions.HalfWidth(null);
    private readonly CancellationToken cancellation;

    /// <param name="problem">The model.</param>
    /// <param name="theta">At the maximum of the likelihood. [ϑ]</param>
    /// <param name="sigma">Residual standard deviation there, in units of the response.</param>
    /// <param name="minimum">−2 log-likelihood there, on the standardized scale.</param>
    /// <param name="cancellation">Ends the search; what is not found then is NaN.</param>
    public ProfileIntervals(MixedProblem problem, double[] theta, double sigma, double minimum, CancellationToken cancellation)
    {
        this.problem = problem;
        this.theta = theta;
        this.sigma = sigma;
        this.minimum = minimum;
        this.cancellation = cancellation;
    }

    /// <summary>The limits of a parameter.</summary>
    /// <param name="criterion">A likelihood criterion of the model, to work with.</param>
    /// <param name="constraint">The parameter.</param>
    /// <param name="estimate">Where its likelihood is largest.</param>
    /// <param name="step">A first guess of the half width of the interval.</param>
    public (double Lower, double Upper) Find(ProfiledCriterion criterion, ProfileConstraint constraint, double estimate, double step)
    {
        (double low, double high) = constraint.Kind switch
        {
            ConstraintKind.FixedEffect => (double.NegativeInfinity, double.PositiveInfinity),
            ConstraintKind.Residual => (1e-6 * estimate, double.PositiveInfinity),
            ConstraintKind.Deviation => (0, double.PositiveInfinity),
            ConstraintKind.Correlation => (-1 + 1e-9, 1 - 1e-9),
            _ => throw new ArgumentOutOfRangeException(nameof(constraint), constraint.Kind, "There is no such constraint."),
        };
        return (Limit(criterion, constraint, estimate, -step, low), Limit(criterion, constraint, estimate, step, high));
    }

    private double Limit(ProfiledCriterion criterion, ProfileConstraint constraint, double estimate, double step, double bound)
    {
        ProfileObjective objective = new(problem, criterion, constraint) { Held = estimate };
        double[] start = objective.Start(theta, sigma);
        double inner = estimate;
        double innerRoot = 0;
        double outer = double.NaN;
        double outerRoot = double.NaN;
        double x = Towards(estimate + step, bound, step);
        for (int fit = 0; fit < MostFits && !cancellation.IsCancellationRequested; fit++)
        {
            objective.Held = x;
            if (fit == 0)
                start = objective.Start(theta, sigma);
            double root = Root(objective, ref start);
            if (double.IsNaN(root))
                return double.NaN;
            if (Math.Abs(root - target) < Accuracy)
                return x;
            if (root < target)
            {
                if (x == bound)
                    return bound is 0 ? 0 : Math.Round(bound, 6); // the likelihood stays that high up to the end of the domain
                (inner, innerRoot) = (x, root);
            }
            else
            {
                (outer, outerRoot) = (x, root);
            }
            if (double.IsNaN(outer))
            {
                double slope = innerRoot > 0.05 ? Math.Min(3, 1.05 * target / innerRoot) : 3;
                x = Towards(estimate + slope * (x - estimate), bound, step);
                continue;
            }
            if (Math.Abs(outer - inner) <= 1e-10 * Math.Abs(estimate))
                return (inner + outer) / 2;
            double share = (target - innerRoot) / (outerRoot - innerRoot);
            x = inner + Math.Clamp(share, 0.02, 0.98) * (outer - inner);
        }
        return double.NaN;
    }

    private static double Towards(double x, double bound, double step) => step < 0 ? Math.Max(x, bound) : Math.Min(x, bound);

    /// <summary>Root of what −2 log-likelihood lies above its minimum.</summary>
    private double Root(ProfileObjective objective, ref double[] start)
    {
        QuasiNewtonMinimizer minimizer = new(objective) { Tolerance = 1e-9, LargestStep = 1 };
        Minimum found = minimizer.Minimize(start, cancellation);
        if (!double.IsFinite(found.Value) || found.End == MinimizationEnd.Interrupted)
            return double.NaN;
        start = found.X;
        return Math.Sqrt(Math.Max(0, found.Value - minimum));
    }
}
