using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Population;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Scoring;

/// <summary>Point estimators of the attributes that maximise, rather than average.</summary>
public enum PointEstimator
{
    /// <summary>Maximum likelihood: the responses alone.</summary>
    MaximumLikelihood,

    /// <summary>Mode of the posterior, the block's normal population being the prior.</summary>
    PosteriorMode,

    /// <summary>Warm's (1989) weighted likelihood, for one attribute: without the first-order bias of maximum likelihood.</summary>
    WeightedLikelihood,
}

/// <summary>Attribute estimates of response patterns.</summary>
/// <param name="AttributeCount">J.</param>
/// <param name="Theta">Estimates; NaN where there is none. [pattern, attribute]</param>
/// <param name="StandardErrors">From the observed information (with the prior's for modes; expected information for weighted likelihood); NaN where there is none. [pattern, attribute]</param>
/// <param name="Notes">Why there is no estimate: <c>no answers</c>, <c>infinite</c> (with one attribute <c>+infinite</c> or
/// <c>-infinite</c>), <c>not converged</c>; empty where there is. [pattern]</param>
public sealed record PersonEstimates(int AttributeCount, double[] Theta, double[] StandardErrors, string[] Notes);

/// <summary>Finds maximum-likelihood, posterior-mode and weighted-likelihood estimates of response patterns.</summary>
/// <remarks>
/// Newton's method from the quadrature node of the largest posterior, with the expected information where the observed
/// one is not positive definite, steps of at most 2 and halved until the objective does not fall; the local maximum found
/// is the reported one (3PL and 4PL likelihoods may have several). With several classes, the parameters of the person's most
/// probable class are used. Patterns are independent: results do not depend on threads.
/// </remarks>
public static class PersonEstimators
{
    private const int MaxIterations = 200;
    private const double StepLimit = 2;
    private const double Tolerance = 1e-9;
    private const double InfiniteTheta = 30; // beyond it a test says nothing: the maximum lies at infinity
    private const double NoInformation = 1e-5;

    /// <summary>Estimates every pattern.</summary>
    /// <param name="point">The model at its estimates.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="summaries">Their posterior summaries: starting nodes and classes.</param>
    /// <param name="estimator">Which estimator.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <exception cref="SpecificationException">Weighted likelihood is asked for with more than one attribute.</exception>
    public static PersonEstimates Estimate(ModelPoint point, PatternTable patterns, PatternScores summaries, PointEstimator estimator, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(summaries);
        CalibrationPlan plan = point.Plan;
        if (estimator == PointEstimator.WeightedLikelihood && plan.AttributeCount > 1)
            throw new SpecificationException($"--method wle is for one attribute, but the fit has {plan.AttributeCount}. Use eap, map or ml.");
        PersonEstimates estimates = new(
            plan.AttributeCount, new double[patterns.PatternCount * plan.AttributeCount], new double[patterns.PatternCount * plan.AttributeCount],
            new string[patterns.PatternCount]);
        NormalPopulation[] populations = [.. plan.Blocks.Select(block => NormalPopulation.TryCreate(plan, block, point.Parameters.Slots)!)];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, patterns.PatternCount, parallel, () => new PersonEstimatorsLikelihood(point), (pattern, _, likelihood) =>
        {
            Span<double> theta = estimates.Theta.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount);
            Span<double> errors = estimates.StandardErrors.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount);
            summaries.MapTheta.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount).CopyTo(theta);
            PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + MostProbableClass(summaries, pattern)];
            likelihood.SetPattern(block, patterns.Row(pattern), estimator == PointEstimator.PosteriorMode ? populations[block.Index] : null);
            string note = likelihood.AnsweredCount == 0 && estimator != PointEstimator.PosteriorMode ? "no answers"
                : estimator == PointEstimator.WeightedLikelihood ? SolveWeighted(likelihood, theta, errors)
                : Maximize(likelihood, theta, errors);
            if (note.Length > 0)
            {
                theta.Fill(double.NaN);
                errors.Fill(double.NaN);
            }
            estimates.Notes[pattern] = note;
            return likelihood;
        }, _ => { });
        return estimates;
    }

    private static int MostProbableClass(PatternScores summaries, int pattern)
    {
        ReadOnlySpan<double> probabilities = summaries.ClassProbability.AsSpan(pattern * summaries.ClassCount, summaries.ClassCount);
        int largest = 0;
        for (int k = 1; k < probabilities.Length; k++)
        {
            if (probabilities[k] > probabilities[largest])
                largest = k;
        }
        return largest;
    }

    private static string Maximize(PersonEstimatorsLikelihood likelihood, Span<double> theta, Span<double> errors)
    {
        int count = theta.Length;
        double[] current = theta.ToArray();
        double value = likelihood.Evaluate(current);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            Matrix<double> information = Matrix<double>.Build.DenseOfArray(likelihood.ObservedInformation);
            if (!IsPositiveDefinite(information))
                information = Matrix<double>.Build.DenseOfArray(likelihood.ExpectedInformation) + Matrix<double>.Build.DenseDiagonal(count, 1e-10);
            double[] step = information.Solve(Vector<double>.Build.Dense(likelihood.Gradient)).AsArray();
            double longest = 0;
            foreach (double element in step)
                longest = Math.Max(longest, Math.Abs(element));
            if (!double.IsFinite(longest))
                return "infinite";
            double scale = longest > StepLimit ? StepLimit / longest : 1;
            double[] next = new double[count];
            double nextValue = double.NegativeInfinity;
            for (int halving = 0; halving < 40 && !(nextValue >= value); halving++, scale /= 2)
            {
                for (int j = 0; j < count; j++)
                    next[j] = current[j] + scale * step[j];
                nextValue = likelihood.Evaluate(next);
            }
            if (!(nextValue >= value))
            {
                likelihood.Evaluate(current); // no better point within rounding: this is the maximum
                break;
            }
            current = next;
            value = nextValue;
            if (Array.Exists(current, element => Math.Abs(element) > InfiniteTheta))
                return Infinite(current);
            if (longest < Tolerance)
                break;
            if (iteration == MaxIterations - 1)
                return "not converged";
        }
        Matrix<double> atMaximum = Matrix<double>.Build.DenseOfArray(likelihood.ObservedInformation);
        if (!IsPositiveDefinite(atMaximum) || atMaximum.Diagonal().Minimum() < NoInformation)
            return Infinite(current);
        Matrix<double> covariance = atMaximum.Inverse();
        for (int j = 0; j < count; j++)
        {
            theta[j] = current[j];
            errors[j] = Math.Sqrt(covariance[j, j]);
        }
        return "";
    }

    /// <summary>Solves score + J/(2I) = 0 by bracketing outwards from the start, then bisection with secant steps (Illinois).</summary>
    private static string SolveWeighted(PersonEstimatorsLikelihood likelihood, Span<double> theta, Span<double> errors)
    {
        double[] at = [theta[0]];
        double Score(double x)
        {
            at[0] = x;
            likelihood.Evaluate(at);
            double information = likelihood.ExpectedInformation[0, 0];
            return likelihood.Gradient[0] + (information > 0 ? likelihood.WarmNumerator / (2 * information) : 0);
        }
        double low = theta[0];
        double high = theta[0];
        double atLow = Score(low);
        double atHigh = atLow;
        for (double width = 0.5; atLow < 0 && low > -InfiniteTheta; width *= 1.5)
            atLow = Score(low -= width);
        for (double width = 0.5; atHigh > 0 && high < InfiniteTheta; width *= 1.5)
            atHigh = Score(high += width);
        if (!(atLow >= 0 && atHigh <= 0))
            return "infinite";
        for (int iteration = 0; iteration < MaxIterations && high - low > Tolerance; iteration++)
        {
            // A secant step, kept off the ends; every third step halves the bracket.
            double middle = iteration % 3 == 2 || atLow == atHigh ? 0.5 * (low + high) : low + (high - low) * atLow / (atLow - atHigh);
            middle = Math.Clamp(middle, low + 0.01 * (high - low), high - 0.01 * (high - low));
            double atMiddle = Score(middle);
            if (atMiddle > 0)
                (low, atLow) = (middle, atMiddle);
            else
                (high, atHigh) = (middle, atMiddle);
        }
        theta[0] = 0.5 * (low + high);
        Score(theta[0]);
        double final = likelihood.ExpectedInformation[0, 0];
        if (!(final > NoInformation))
            return "infinite";
        errors[0] = 1 / Math.Sqrt(final);
        return "";
    }

    private static string Infinite(double[] theta) => theta.Length > 1 ? "infinite" : theta[0] > 0 ? "+infinite" : "-infinite";

    private static bool IsPositiveDefinite(Matrix<double> matrix) =>
        matrix.RowCount == 1 ? matrix[0, 0] > 0 : matrix.Evd(Symmetricity.Symmetric).EigenValues.All(value => value.Real > 1e-12);
}
