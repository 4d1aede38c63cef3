using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Scoring;

/// <summary>Point estimators of the attributes that maximise, rather than average.</summary>
public enum PointEstimator
{
    /// <summary>Maximum likelihood: the responses alone.</summary>
    MaximumLikelihood,

    /// <summary>Mode of the posterior, the block's population being the prior.</summary>
    PosteriorMode,

    /// <summary>Warm's (1989) weighted likelihood, for one attribute: without the first-order bias of maximum likelihood.</summary>
    WeightedLikelihood,
}

/// <summary>Attribute estimates of response patterns.</summary>
/// <param name="AttributeCount">J.</param>
/// <param name="Theta">Estimates; NaN where there is none. [pattern, attribute]</param>
/// <param name="StandardErrors">From the observed information (with the prior's for modes; expected information for weighted likelihood); NaN where there is none. [pattern, attribute]</param>
/// <param name="Notes">Why there is no estimate: <c>no answers</c>, <c>+infinite</c>, <c>-infinite</c>, <c>infinite</c> (several
/// attributes together); with several attributes led by the name of each without one. Empty where all have one. [pattern]</param>
public sealed record PersonEstimates(int AttributeCount, double[] Theta, double[] StandardErrors, string[] Notes);

/// <summary>Finds maximum-likelihood, posterior-mode and weighted-likelihood estimates of response patterns.</summary>
/// <remarks>
/// An estimate is blank only where there is none: the likelihood has no finite maximum, or no answered item measures the attribute.
/// Attributes that no answered item ties together have likelihoods of their own, so one may be finite where another is not. With
/// several classes, the parameters of the person's most probable class are used. Patterns are independent: results do not depend
/// on threads.
/// </remarks>
public static class PersonEstimators
{
    private const int MaxIterations = 200;
    private const double Tolerance = 1e-9; // of the last step, relative: secants leave a ten-thousandth of it
    private const double LongestStep = 1; // so that of several roots the one near the start is found
    private const double NoInformation = 1e-12; // of Σ a²

    /// <summary>Estimates every pattern.</summary>
    /// <param name="point">The model at its estimates.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="summaries">Their posterior summaries: starting nodes and classes.</param>
    /// <param name="estimator">Which estimator.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    /// <exception cref="SpecificationException">Weighted likelihood is asked for with more than one attribute.</exception>
    public static PersonEstimates Estimate(ModelPoint point, PatternTable patterns, PatternScores summaries, PointEstimator estimator, int threads = 0,
        CancellationToken cancellation = default)
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
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.For(0, patterns.PatternCount, parallel, () => new Worker(point), (pattern, _, worker) =>
        {
            Span<double> theta = estimates.Theta.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount);
            Span<double> errors = estimates.StandardErrors.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount);
            summaries.MapTheta.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount).CopyTo(theta);
            PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + MostProbableClass(summaries, pattern)];
            worker.Likelihood.SetPattern(block, patterns.Row(pattern), estimator == PointEstimator.PosteriorMode ? point.Populations[block.Index] : null, point.ShiftOf(block, patterns, pattern));
            estimates.Notes[pattern] = estimator switch
            {
                PointEstimator.PosteriorMode => worker.MaximizeTogether(theta, errors),
                PointEstimator.WeightedLikelihood => SolveWeighted(worker.Likelihood, theta, errors),
                PointEstimator.MaximumLikelihood => worker.MaximizeApart(theta, errors),
                _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, "Unknown estimator."),
            };
            return worker;
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

    /// <summary>Solves score + J/(2I) = 0 by secant steps, the first a scoring step, kept inside what signs have bracketed.</summary>
    private static string SolveWeighted(PersonLikelihood likelihood, Span<double> theta, Span<double> errors)
    {
        if (likelihood.AnsweredCount == 0)
            return Blank(theta, errors, "no answers");
        double[] at = [theta[0]];
        double Score(double x)
        {
            at[0] = x;
            likelihood.Evaluate(at, withExpectation: true);
            double information = likelihood.ExpectedInformation[0];
            return likelihood.Gradient[0] + (information > 0 ? likelihood.WarmNumerator / (2 * information) : 0);
        }
        double reach = likelihood.Reach(0);
        (double Low, double High) bracket = (double.NegativeInfinity, double.PositiveInfinity);
        double before = double.NaN;
        double atBefore = double.NaN;
        double root = theta[0];
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            double score = Score(root);
            bracket = score > 0 ? (root, bracket.High) : (bracket.Low, root);
            double secant = (atBefore - score) / (root - before);
            double slope = secant > 0 ? secant : likelihood.ExpectedInformation[0];
            double next = root + Math.Clamp(score / slope, -LongestStep, LongestStep);
            if (!(next > bracket.Low && next < bracket.High)) // also where the slope is 0
                next = double.IsFinite(bracket.Low) && double.IsFinite(bracket.High) ? 0.5 * (bracket.Low + bracket.High) : root + Math.Sign(score) * LongestStep;
            if (Math.Abs(next) > reach && !(double.IsFinite(bracket.Low) && double.IsFinite(bracket.High)))
                return Blank(theta, errors, score > 0 ? "+infinite" : "-infinite");
            (before, atBefore) = (root, score);
            root = next;
            if (Math.Abs(root - before) <= Tolerance * (1 + Math.Abs(root)))
                break;
        }
        theta[0] = root;
        double final = likelihood.ExpectedInformation[0]; // at most the last step away
        if (!(final > NoInformation * likelihood.SumOfSquaredSlopes(0)))
            return Blank(theta, errors, theta[0] > 0 ? "+infinite" : "-infinite");
        errors[0] = 1 / Math.Sqrt(final);
        return "";
    }

    private static string Blank(Span<double> theta, Span<double> errors, string note)
    {
        theta.Fill(double.NaN);
        errors.Fill(double.NaN);
        return note;
    }

    /// <summary>What one thread needs.</summary>
    private sealed class Worker
    {
        private readonly IReadOnlyList<string> names;
        private readonly LikelihoodMaximizer maximizer;
        private readonly double[] covariance;
        private readonly int[] all;

        public Worker(ModelPoint point)
        {
            int attributeCount = point.Plan.AttributeCount;
            names = point.Plan.Specification.Attributes;
            Likelihood = new PersonLikelihood(point);
            maximizer = new LikelihoodMaximizer(Likelihood, attributeCount);
            covariance = new double[attributeCount * attributeCount];
            all = [.. Enumerable.Range(0, attributeCount)];
        }

        public PersonLikelihood Likelihood { get; }

        /// <summary>The mode of the posterior: the prior ties all attributes together.</summary>
        public string MaximizeTogether(Span<double> theta, Span<double> errors) => MaximizeSet(theta, errors, all);

        /// <summary>The maximum of the likelihood, one set of linked attributes after the other.</summary>
        public string MaximizeApart(Span<double> theta, Span<double> errors)
        {
            if (Likelihood.AnsweredCount == 0)
                return Blank(theta, errors, "no answers");
            List<string> notes = [];
            foreach (int[] attributes in Likelihood.LinkedAttributes())
            {
                string note = Likelihood.Activate(attributes) == 0 ? "no answers" : MaximizeSet(theta, errors, attributes);
                if (note.Length == 0)
                    continue;
                foreach (int attribute in attributes)
                {
                    (theta[attribute], errors[attribute]) = (double.NaN, double.NaN);
                    notes.Add(theta.Length == 1 ? note : $"{names[attribute]}: {note}");
                }
            }
            return string.Join("; ", notes);
        }

        private string MaximizeSet(Span<double> theta, Span<double> errors, int[] attributes)
        {
            if (attributes.Length == 1)
            {
                double information = maximizer.MaximizeOne(theta, attributes[0]);
                errors[attributes[0]] = 1 / Math.Sqrt(information);
                return double.IsFinite(theta[attributes[0]]) ? "" : theta[attributes[0]] > 0 ? "+infinite" : "-infinite";
            }
            if (!maximizer.Maximize(theta, attributes, covariance))
                return "infinite";
            for (int j = 0; j < attributes.Length; j++)
                errors[attributes[j]] = Math.Sqrt(covariance[j * attributes.Length + j]);
            return "";
        }
    }
}
