using IrtGpu.Foundation.Progress;
using IrtGpu.Regression.Estimation;
using IrtGpu.Regression.Inference;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression;

/// <summary>Standard errors, tests and intervals of a fit, and the estimates in the units of the data.</summary>
internal sealed class FitAssembly
{
    private readonly MixedProblem problem;
    private readonly ProfiledCriterion criterion;
    private readonly MixedSolution solution;
    private readonly RegressionOptions options;
    private readonly RegressionProgress progress;
    private readonly CancellationToken cancellation;
    private readonly List<string> warnings = [];

    public FitAssembly(
        MixedProblem problem, ProfiledCriterion criterion, MixedSolution solution, RegressionOptions options, RegressionProgress progress, CancellationToken cancellation)
    {
        this.problem = problem;
        this.criterion = criterion;
        this.solution = solution;
        this.options = options;
        this.progress = progress;
        this.cancellation = cancellation;
        Sigma = problem.Scale * Math.Sqrt(criterion.ResidualVariance);
        FixedEffects = problem.ToFixedEffects(criterion.Fixed);
        FixedCovariance = Array.ConvertAll(problem.FixedBasis.Congruence(criterion.Equations.FixedCovariance()), value => value * Sigma * Sigma);
        double[][] transforms = problem.Parameters.Transforms(solution.Theta);
        Covariances =
        [
            .. problem.Terms.Select(term => new TermCovariance(term.Group, term.Effects, CovarianceComponents.Covariance(
                term, CovarianceComponents.TermBlock(term, transforms, problem.Data.Groupings[term.GroupingIndex].Width), Sigma * Sigma))),
        ];
    }

    /// <summary>Residual standard deviation in units of the response.</summary>
    public double Sigma { get; }

    /// <summary>In the units of the data. [p]</summary>
    public double[] FixedEffects { get; }

    /// <summary>Their covariance matrix. [p, p]</summary>
    public double[] FixedCovariance { get; private set; }

    public IReadOnlyList<TermCovariance> Covariances { get; }

    public double? SmallestCurvature { get; private set; }

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Makes the rows of both tables; leaves the criterion at the estimates.</summary>
    public (IReadOnlyList<FixedEffectRow> Fixed, IReadOnlyList<RandomEffectRow> Random) Infer()
    {
        JointInformation? information = Information();
        double[]? df = DegreesOfFreedom(information);
        double[] errors = Roots(FixedCovariance);
        double[] deviations = CovarianceComponents.Deviations(problem, solution.Theta, Sigma);
        double[] deviationErrors = information?.DeviationErrors() ?? [.. deviations.Select(_ => double.NaN)];
        (double Lower, double Upper)[] fixedLimits = [.. FixedEffects.Select((estimate, effect) => Around(estimate, Distributions.HalfWidth(df?[effect]) * errors[effect]))];
        (double Lower, double Upper)[] limits = WaldLimits(deviations, deviationErrors);
        if (options.BootstrapCount > 0)
            Bootstrap(fixedLimits, limits);
        else if (options.Intervals == IntervalMethod.Profile)
            Profile(fixedLimits, limits, errors, deviationErrors);
        List<FixedEffectRow> rows = [];
        for (int effect = 0; effect < FixedEffects.Length; effect++)
        {
            double statistic = FixedEffects[effect] / errors[effect];
            rows.Add(new FixedEffectRow(
                problem.FixedNames[effect], FixedEffects[effect], errors[effect], df?[effect], statistic, Distributions.TwoSided(statistic, df?[effect]),
                Finite(fixedLimits[effect].Lower), Finite(fixedLimits[effect].Upper)));
        }
        return (rows, RandomEffectTable.Build(problem.Terms, Covariances, Sigma, deviations, deviationErrors, limits));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static (double, double) Around(double estimate, double half) => (estimate - half, estimate + half);

    private static double[] Roots(double[] covariance)
    {
        int order = (int)Math.Round(Math.Sqrt(covariance.Length));
        return [.. Enumerable.Range(0, order).Select(index => Math.Sqrt(covariance[index * order + index]))];
    }

    private JointInformation? Information()
    {
        if (!options.WithSecondDerivatives)
            return null;
        progress.Phase?.Report(new WorkProgress("second derivatives"));
        JointInformation information = JointInformation.At(problem, criterion, solution.Theta, Sigma);
        SmallestCurvature = information.SmallestCurvature;
        return information;
    }

    private double[]? DegreesOfFreedom(JointInformation? information)
    {
        switch (options.DegreesOfFreedom)
        {
            case DegreesOfFreedomMethod.None:
                return null;
            case DegreesOfFreedomMethod.Satterthwaite:
                return information?.Satterthwaite(criterion.Equations.FixedCovariance());
            case DegreesOfFreedomMethod.KenwardRoger:
                progress.Phase?.Report(new WorkProgress("Kenward and Roger's covariance matrix"));
                (FixedCovariance, double[] df) = KenwardRoger.Compute(problem, criterion);
                return df;
            default:
                throw new InvalidOperationException($"There is no method {options.DegreesOfFreedom}.");
        }
    }

    /// <summary>Limits from standard errors: of standard deviations on the log scale, of correlations on Fisher's.</summary>
    private (double, double)[] WaldLimits(double[] values, double[] errors)
    {
        double half = Distributions.HalfWidth(null);
        (double, double)[] limits = new (double, double)[values.Length];
        int position = 0;
        foreach (MixedTerm term in problem.Terms)
        {
            for (int index = 0; index < term.Width * (term.Width + 1) / 2; index++, position++)
                limits[position] = index < term.Width ? OfDeviation(values[position], errors[position]) : OfCorrelation(values[position], errors[position]);
        }
        limits[position] = OfDeviation(values[position], errors[position]);
        return limits;

        (double, double) OfDeviation(double value, double error) => (value * Math.Exp(-half * error / value), value * Math.Exp(half * error / value));

        (double, double) OfCorrelation(double value, double error)
        {
            (double lower, double upper) = Around(Math.Atanh(value), half * error / (1 - value * value));
            return (Math.Tanh(lower), Math.Tanh(upper));
        }
    }

    private void Bootstrap((double, double)[] fixedLimits, (double, double)[] limits)
    {
        IProgress<WorkProgress>? phase = progress.Phase;
        double[]?[] draws = ParametricBootstrap.Run(
            problem, solution.Theta, Sigma, FixedEffects, options, done => phase?.Report(new WorkProgress("bootstrap", done, options.BootstrapCount, "data sets")), cancellation);
        double[][] good = [.. draws.OfType<double[]>()];
        if (good.Length < draws.Length)
            warnings.Add(FormattableString.Invariant($"{draws.Length - good.Length} of {draws.Length} refits of the bootstrap {(cancellation.IsCancellationRequested ? "were not made" : "did not converge")}; the intervals are of the others."));
        int p = fixedLimits.Length;
        double tail = (1 - Distributions.Coverage) / 2;
        for (int value = 0; value < p + limits.Length; value++)
        {
            double[] sorted = [.. good.Select(draw => draw[value]).Where(double.IsFinite).Order()];
            (double, double) pair = sorted.Length == 0 ? (double.NaN, double.NaN) : (ParametricBootstrap.Percentile(sorted, tail), ParametricBootstrap.Percentile(sorted, 1 - tail));
            if (value < p)
                fixedLimits[value] = pair;
            else
                limits[value - p] = pair;
        }
    }

    private void Profile((double, double)[] fixedLimits, (double, double)[] limits, double[] errors, double[] deviationErrors)
    {
        progress.Phase?.Report(new WorkProgress("maximum of the likelihood"));
        using ProfiledCriterion likelihood = new(problem.Data, problem.Parameters, isRestricted: false, options.ThreadCount);
        MixedSolution best = criterion.IsRestricted
            ? DirectEstimation.Run(likelihood, [.. solution.Theta.Select((value, index) => IsDiagonal(index) ? Math.Max(value, 0.05) : value)], 1e-12, 200, problem.Describe, progress: null, cancellation)
            : solution;
        double[] gradient = new double[best.Theta.Length];
        double minimum = likelihood.Evaluate(best.Theta, gradient);
        double sigma = problem.Scale * Math.Sqrt(likelihood.ResidualVariance);
        double[] fixedAtBest = problem.ToFixedEffects(likelihood.Fixed);
        double[] deviationsAtBest = CovarianceComponents.Deviations(problem, best.Theta, sigma);
        ProfileIntervals intervals = new(problem, best.Theta, sigma, minimum, cancellation);

        List<(ProfileConstraint Constraint, double Estimate, double Step)> tasks = [];
        for (int effect = 0; effect < fixedAtBest.Length; effect++)
            tasks.Add((new ProfileConstraint(ConstraintKind.FixedEffect, effect), fixedAtBest[effect], 2 * errors[effect]));
        foreach (ProfileConstraint constraint in RandomEffectTable.Constraints(problem.Terms))
        {
            int position = tasks.Count - fixedAtBest.Length;
            double fallback = constraint.Kind == ConstraintKind.Correlation ? 0.3 : 0.2 * Math.Max(deviationsAtBest[position], Units(constraint) * sigma);
            tasks.Add((constraint, deviationsAtBest[position], double.IsFinite(deviationErrors[position]) && deviationErrors[position] > 0 ? 2 * deviationErrors[position] : fallback));
        }
        (double, double)[] found = new (double, double)[tasks.Count];
        int done = 0;
        Parallel.For(
            0, tasks.Count, new ParallelOptions { MaxDegreeOfParallelism = options.ThreadCount },
            () => new ProfiledCriterion(problem.Data, problem.Parameters, isRestricted: false, threads: 1),
            (index, _, own) =>
            {
                found[index] = double.IsNaN(tasks[index].Estimate) ? (double.NaN, double.NaN) : intervals.Find(own, tasks[index].Constraint, tasks[index].Estimate, tasks[index].Step);
                progress.Phase?.Report(new WorkProgress("profiles", Interlocked.Increment(ref done), tasks.Count, "parameters"));
                return own;
            },
            own => own.Dispose());
        found.AsSpan(0, fixedLimits.Length).CopyTo(fixedLimits);
        found.AsSpan(fixedLimits.Length).CopyTo(limits);
        if (found.Any(pair => !double.IsFinite(pair.Item1) || !double.IsFinite(pair.Item2)))
            warnings.Add("Some limits of profiles were not found and are left empty; the likelihood is too flat there, or the search was interrupted.");
    }

    private bool IsDiagonal(int parameter) => problem.Parameters.Slots[parameter].Row == problem.Parameters.Slots[parameter].Column;

    /// <summary>What one standardized unit of an effect is in units of the data.</summary>
    private double Units(ProfileConstraint constraint)
    {
        MixedTerm? term = constraint.Kind == ConstraintKind.Deviation ? problem.Terms[constraint.Index] : null;
        return term is null ? 1 : 1 / Math.Abs(term.Standardization[constraint.Effect * term.Width + constraint.Effect]);
    }
}
