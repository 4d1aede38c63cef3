using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Regression.Mixed;
using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Estimation;

/// <summary>EM for the covariance parameters, with the random effects b = Λu and, under REML, the fixed effects as missing data.</summary>
/// <remarks>
/// M-step: G of a term is the mean over levels of E[b bᵀ] = ûûᵀ and what Henderson's inverse adds; β and σ² take their best values given G/σ²
/// (ECME: Liu &amp; Rubin 1994), so the likelihood never falls. Expanded (Liu, Rubin &amp; Wu 1998): T is also a coefficient of u in the
/// regression of the response on Zu; its update is a Newton step of a quadratic.
/// </remarks>
internal sealed class MixedEmProblem(MixedProblem problem, ProfiledCriterion criterion) : IEmProblem<MixedExpectation>
{
    private const double SmallestShare = 0.1;

    private double[] current = []; // of the last E-step

    public int ParameterCount => criterion.Count;

    public bool CanExpand => true;

    public string Remedy(EmFailure failure) => "Use --algorithm direct, or fewer random-effect terms.";

    public string Describe(int parameter) => problem.Describe(parameter);

    /// <summary>Holds standard deviations above a share of what they are: EM has a fixed point at 0, which an extrapolation must not jump onto.</summary>
    public bool TryAdmit(double[] proposal)
    {
        for (int index = 0; index < proposal.Length; index++)
        {
            CovarianceParameters.Slot slot = problem.Parameters.Slots[index];
            if (slot.Row == slot.Column)
                proposal[index] = Math.Max(Math.Abs(proposal[index]), SmallestShare * Math.Abs(current[index]));
        }
        return Array.TrueForAll(proposal, double.IsFinite);
    }

    public MixedExpectation? TryExpect(double[] parameters)
    {
        current = parameters;
        double[] gradient = new double[parameters.Length];
        double value = criterion.Evaluate(parameters, gradient);
        if (!double.IsFinite(value))
            return null;
        double variance = criterion.ResidualVariance;
        double[][] squares = criterion.SquaresGradient(criterion.Fixed);
        double[][] matrices = [.. criterion.DeterminantGradient.Zip(squares, (left, right) => left.Zip(right, (first, second) => first + second / variance).ToArray())];
        double[] effects = criterion.Random(criterion.Fixed);
        double[] fixedCovariance = criterion.IsRestricted ? criterion.Equations.FixedCovariance() : [];
        (double[] Moments, double[] Curvature)[] terms = [.. problem.Terms.Select(term => Moments(term, effects, fixedCovariance, variance))];
        return new MixedExpectation(-value / 2, parameters, matrices, [.. terms.Select(term => term.Moments)], [.. terms.Select(term => term.Curvature)]);
    }

    public EmStep Maximize(MixedExpectation expectation, bool isExpanded)
    {
        double[][] transforms = problem.Parameters.Transforms(expectation.Theta);
        double[] plain = Update(transforms, expectation, isExpanded: false);
        return new EmStep(plain, isExpanded ? Update(transforms, expectation, isExpanded: true) : plain);
    }

    public double[] Gradient(MixedExpectation expectation) => Array.ConvertAll(problem.Parameters.Read(expectation.Gradient), value => -value / 2);

    private double[] Update(double[][] transforms, MixedExpectation expectation, bool isExpanded)
    {
        double[][] next = [.. transforms.Select(matrix => new double[matrix.Length])];
        for (int index = 0; index < problem.Terms.Count; index++)
        {
            MixedTerm term = problem.Terms[index];
            int k = term.Width;
            int width = problem.Data.Groupings[term.GroupingIndex].Width;
            double[] coefficient = CovarianceComponents.TermBlock(term, transforms, width);
            if (isExpanded)
                Expand(coefficient, CovarianceComponents.TermBlock(term, expectation.Gradient, width), expectation.Curvature[index], k);
            double[] root = Root(coefficient, expectation.Moments[index], k);
            for (int row = 0; row < k; row++)
            {
                for (int column = 0; column <= row; column++)
                    next[term.GroupingIndex][(term.Offset + row) * width + term.Offset + column] = root[row * k + column];
            }
        }
        return problem.Parameters.Read(next);
    }

    private static void Expand(double[] coefficient, double[] gradient, double[] curvature, int k)
    {
        double[] factor = new double[curvature.Length];
        CholeskySolver.FactorWithRidge(curvature, factor, k * k);
        CholeskySolver.Solve(factor, gradient, k * k);
        for (int index = 0; index < gradient.Length; index++)
            coefficient[index] -= gradient[index];
    }

    /// <summary>Cholesky factor of M S Mᵀ, which may lack full rank.</summary>
    private static double[] Root(double[] matrix, double[] moments, int k)
    {
        double[] product = new double[k * k];
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < k; d++)
                        product[i * k + j] += matrix[i * k + c] * moments[c * k + d] * matrix[j * k + d];
                }
            }
        }
        return SemidefiniteCholesky.Factor(product, k);
    }

    private (double[] Moments, double[] Curvature) Moments(MixedTerm term, double[] effects, double[] fixedCovariance, double variance)
    {
        Grouping grouping = problem.Data.Groupings[term.GroupingIndex];
        int k = term.Width;
        int width = grouping.Width;
        int p = problem.FixedCount;
        double[] inverse = criterion.Inverse.Diagonal[term.GroupingIndex];
        double[] products = problem.Data.Diagonal[term.GroupingIndex];
        double[] moments = new double[k * k];
        double[] curvature = new double[k * k * k * k];
        double[] own = new double[k * k];
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            int first = grouping.Scalar(level) + term.Offset;
            for (int c = 0; c < k; c++)
            {
                for (int d = 0; d < k; d++)
                {
                    double value = effects[first + c] * effects[first + d] / variance + inverse[(level * width + term.Offset + c) * width + term.Offset + d];
                    if (fixedCovariance.Length > 0)
                        value += FromFixed(criterion.Solution.AsSpan((first + c) * (p + 1), p), fixedCovariance, criterion.Solution.AsSpan((first + d) * (p + 1), p));
                    own[c * k + d] = value;
                    moments[c * k + d] += value / grouping.LevelCount;
                }
            }
            for (int i = 0; i < k; i++)
            {
                for (int j = 0; j < k; j++)
                {
                    double weight = 2 * products[(level * width + term.Offset + i) * width + term.Offset + j];
                    for (int c = 0; c < k; c++)
                    {
                        for (int d = 0; d < k; d++)
                            curvature[(i * k + c) * k * k + j * k + d] += weight * own[c * k + d];
                    }
                }
            }
        }
        return (moments, curvature);
    }

    private static double FromFixed(ReadOnlySpan<double> left, double[] covariance, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            for (int j = 0; j < right.Length; j++)
                sum += left[i] * covariance[i * left.Length + j] * right[j];
        }
        return sum;
    }
}
