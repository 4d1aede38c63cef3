using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Estimation.Stochastic.Complete;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>Marginal maximum likelihood without integration: persons are drawn from their posteriors, in any number of dimensions.</summary>
/// <remarks>
/// Metropolis–Hastings Robbins–Monro (Cai 2010, Psychometrika 75, 33–57) with stochastic EM for its first stage (<see cref="Approach"/>) and, for its
/// second, averages over windows along the observed information (<see cref="Refinement"/>). Item models are not exponential families in θ, so
/// that SAEM has no finite statistics to average; gradients can be averaged for every model.
/// </remarks>
internal sealed class StochasticApproximation
{
    private const int LargestFreeCount = 4000;
    private const int LeastChains = 2048; // so that little is left of the noise where persons are few
    private const int MostApproachCycles = 600;
    private const int AsymptoteIterations = 6; // of Newton, as in EM: with one, asymptotes creep towards their bounds

    private readonly CalibrationPlan plan;
    private readonly StochasticOptions options;
    private readonly int threads;
    private readonly bool withCrossProduct;
    private readonly PersonSampler sampler;

    /// <summary>Prepares the chains.</summary>
    /// <param name="plan">A plan that <see cref="Refusals"/> says nothing against.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="options">How far to go.</param>
    /// <param name="withCrossProduct">Whether the cross-product of the persons' scores is wanted.</param>
    /// <param name="seed">Seed of the chains.</param>
    /// <param name="threads">Number of threads; 0: all processors. Does not change results.</param>
    public StochasticApproximation(CalibrationPlan plan, PatternTable patterns, StochasticOptions options, bool withCrossProduct, int seed, int threads)
    {
        this.plan = plan;
        this.options = options;
        this.withCrossProduct = withCrossProduct;
        this.threads = threads > 0 ? threads : Environment.ProcessorCount;
        double perPerson = Math.Max(1, LeastChains / Math.Max(1, patterns.TotalWeight));
        sampler = new PersonSampler(plan, PersonTiles.Cut(plan, patterns, Chains, seed), this.threads);

        int Chains(int pattern) => patterns.Frequency[pattern] > 0 ? (int)Math.Clamp(Math.Round(patterns.Frequency[pattern] * perPerson), 1, LeastChains) : 0;
    }

    /// <summary>What stands against estimating a plan so.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    public static IReadOnlyList<string> Refusals(CalibrationPlan plan, PatternTable patterns)
    {
        List<string> problems = [];
        if (plan.ClassCount > 1)
            problems.Add(FormattableString.Invariant($"Stochastic approximation draws attributes, not memberships of latent classes, and there are {plan.ClassCount} classes. Use another --integration, or --classes 1."));
        if (patterns.CovariateRows.Length > 0)
            problems.Add("Stochastic approximation takes one population a group, but the means of persons differ by covariates here. Use another --integration.");
        if (plan.Layout.FreeCount > LargestFreeCount)
        {
            problems.Add(FormattableString.Invariant(
                $"The model has {plan.Layout.FreeCount} free parameters, and stochastic approximation inverts the information matrix of {LargestFreeCount} at most. ")
                + "Use a Q-matrix (--q-matrix), fewer --attributes or fewer items.");
        }
        return problems;
    }

    /// <summary>Estimates.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="progress">Hears of every draw.</param>
    /// <param name="cancellation">Ends the estimation; what was reached is kept.</param>
    public StochasticOutcome Run(ModelPoint start, IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        DrawnExpectation expectation = new(plan, sampler);
        MStep mStep = new(plan, 1, threads, AsymptoteIterations);
        RunLog log = new(plan, progress);
        (ModelPoint point, bool hasArrived) = new Approach(plan, sampler, expectation, mStep, log)
            .Run(start, Math.Min(MostApproachCycles, options.MostDraws), cancellation);
        int cycles = log.History.Count;
        Refinement refinement = new(plan, sampler, expectation, mStep, options, log, threads);
        RefinementEnd end = refinement.Run(point, withCrossProduct, cancellation);
        RefinedEstimates estimates = refinement.Estimates;
        return new StochasticOutcome
        {
            Point = estimates.Point,
            Termination = Describe(end, estimates, cycles, log.History.Count, hasArrived),
            History = log.History,
            RunOffs = estimates.RunOffs,
            Interior = estimates.Interior,
            MonteCarloErrors = Errors(estimates),
            Complete = estimates.Complete,
            Information = estimates.Observed,
            CrossProduct = estimates.CrossProduct,
            GradientNorm = estimates.Last?.GradientNorm ?? double.NaN,
            Acceptance = estimates.Acceptance,
        };
    }

    private double[] Errors(RefinedEstimates estimates)
    {
        double[] errors = new double[plan.Layout.FreeCount];
        Array.Fill(errors, double.NaN);
        for (int k = 0; k < estimates.Interior.Length && estimates.Last is not null; k++)
            errors[estimates.Interior[k]] = estimates.Last.Errors[k];
        return errors;
    }

    private Termination Describe(RefinementEnd end, RefinedEstimates estimates, int cycles, int draws, bool hasArrived)
    {
        string worst = estimates.LastErrorIndex < 0 ? "" : FormattableString.Invariant(
            $"; the largest Monte-Carlo error is {estimates.LastErrorShare:g2} of a standard error, in {SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[estimates.LastErrorIndex])}");
        string counts = FormattableString.Invariant($"{cycles} cycles of stochastic EM and {draws - cycles} draws of averaging");
        return end switch
        {
            RefinementEnd.Converged => new Termination(TerminationKind.Converged, FormattableString.Invariant($"Converged after {counts}{worst} (asked for: {options.MonteCarloError:g2}).")),
            RefinementEnd.Interrupted => new Termination(TerminationKind.Interrupted, $"Interrupted after {counts}{worst}. The results are what was reached."),
            RefinementEnd.NoInformation => new Termination(
                TerminationKind.Failed, $"After {counts} the information of the data with drawn attributes is not positive definite: some parameters are not determined. Give them a --prior, or fix them."),
            RefinementEnd.Indefinite => new Termination(
                TerminationKind.CycleLimit, FormattableString.Invariant(
                $"Not converged: after {counts} the observed information of {estimates.Interior.Length} parameters is indefinite where the estimates stand: the data say next to nothing of some direction, so that neither the way left nor standard errors are known. ")
                + "Use fewer --attributes, a --q-matrix or a --prior."),
            RefinementEnd.DrawLimit => new Termination(
                TerminationKind.CycleLimit,
                $"Not converged: {counts}{worst}{(hasArrived ? "" : "; stochastic EM was still on its way")}. Raise --max-draws, or allow a larger --monte-carlo-error."),
            _ => throw new ArgumentOutOfRangeException(nameof(end), end, "There is no such end."),
        };
    }
}
