using IrtGpu.Compute;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Estimation.Stochastic.Complete;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>Robbins–Monro from the neighbourhood of the maximum to the maximum, in windows of draws at parameters that stay.</summary>
/// <remarks>
/// <para>
/// After a window of n draws the parameters ξ move by γ V s: s is the mean gradient, V the inverse of the observed information (Louis' identity
/// at nodes about the modes of persons, <see cref="PosteriorInformation"/>), and γ = n / N with N the draws of all windows since the parameters last moved by more than noise. With V near to the inverse of the
/// derivative of s these gains are those of least variance: ξ is the average of what each window says where the maximum is
/// (Robbins &amp; Monro 1951; Chung 1954). A window whose step is more than noise begins the average anew, with γ = 1.
/// </para>
/// <para>
/// The end is a test: the last step was noise, the information is positive definite, and the Monte-Carlo error of every estimate, from the
/// spread of the batches of draws, is below a share of its standard error. Windows are as long as that is likely to take.
/// </para>
/// </remarks>
internal sealed class Refinement
{
    private const int FirstWindow = 40;
    private const int WarmUp = 5; // draws that are not used after parameters moved
    private const int ModeSteps = 3; // of Newton
    private const double Nearby = 0.9; // correlation of proposals that stay near
    private const double MostSignal = 4; // mean square of steps over their errors, near 1 for noise
    private const double LongStep = 0.5; // standard errors: beyond that, what is more than noise begins the average anew
    private const double ShortWay = 0.15; // standard errors, over which the information of the end may be of another place
    private const double LongestFirstStep = 2; // the same where there is no average yet
    private const double LongWay = 1; // standard errors, after which steps and their errors want the information of where they are
    private const double AsGoodAs = 1.1; // times the error asked for, by the information of the end
    private const double LargestStep = 1; // of any working value
    private const int MostIndefinite = 6; // windows in a row whose observed information is indefinite, the last of them precise enough

    private readonly CalibrationPlan plan;
    private readonly PersonSampler sampler;
    private readonly DrawnExpectation expectation;
    private readonly MStep mStep;
    private readonly StochasticOptions options;
    private readonly RunLog log;
    private readonly int threads;
    private double travelled; // since the information was made, in standard errors

    public Refinement(
        CalibrationPlan plan, PersonSampler sampler, DrawnExpectation expectation, MStep mStep, StochasticOptions options, RunLog log, int threads)
    {
        this.plan = plan;
        this.sampler = sampler;
        this.expectation = expectation;
        this.mStep = mStep;
        this.options = options;
        this.log = log;
        this.threads = threads;
    }

    /// <summary>Where it stands, after <see cref="Run"/>.</summary>
    public RefinedEstimates Estimates { get; private set; } = null!;

    /// <summary>Runs.</summary>
    /// <param name="start">Where from.</param>
    /// <param name="withCrossProduct">Whether the cross-product of the persons' scores is wanted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How it ended.</returns>
    public RefinementEnd Run(ModelPoint start, bool withCrossProduct, CancellationToken cancellation)
    {
        Estimates = new RefinedEstimates(start);
        int next = FirstWindow;
        double total = 0; // draws of the average
        int indefinite = 0;
        while (true)
        {
            int left = options.MostDraws - log.History.Count;
            if (left < FirstWindow)
                return RefinementEnd.DrawLimit;
            sampler.MoveTo(Estimates.Point, ModeSteps);
            Estimates.Take(mStep.FindRunOffs(Estimates.Point, expectation), sampler.Acceptance);
            if (Estimates.Solver is not { IsObserved: true } || travelled > LongWay)
            {
                if (!TryInform(withCrossProduct, cancellation))
                    return cancellation.IsCancellationRequested ? RefinementEnd.Interrupted : RefinementEnd.NoInformation;
                indefinite = Estimates.Solver!.IsObserved ? 0 : indefinite + 1;
            }
            WindowSums window = Draw(Math.Min(next, left), cancellation);
            if (cancellation.IsCancellationRequested)
                return RefinementEnd.Interrupted;
            WindowStep step = WindowStep.Of(window, Estimates.Interior, Estimates.Solver, total);
            Estimates.Take(step);
            bool isNear = step.LargestShare <= (total > 0 ? LongStep : LongestFirstStep) || (total > 0 && step.Signal <= MostSignal);
            total += window.DrawCount;
            bool isPrecise = isNear && step.LargestErrorShare <= options.MonteCarloError;
            if (isPrecise && indefinite >= MostIndefinite)
                return RefinementEnd.Indefinite;
            Move(step, window.DrawCount / total);
            travelled += step.LargestShare * window.DrawCount / total;
            if (isPrecise && Estimates.Solver.IsObserved)
            {
                if (travelled <= ShortWay)
                    return RefinementEnd.Converged;
                sampler.MoveTo(Estimates.Point, ModeSteps);
                if (!TryInform(withCrossProduct, cancellation))
                    return cancellation.IsCancellationRequested ? RefinementEnd.Interrupted : RefinementEnd.NoInformation;
                if (Estimates.Solver.IsObserved)
                {
                    step = WindowStep.Of(window, Estimates.Interior, Estimates.Solver, total - window.DrawCount); // errors by the information of the end
                    Estimates.Take(step);
                    if (step.LargestErrorShare <= AsGoodAs * options.MonteCarloError)
                        return RefinementEnd.Converged;
                }
                else
                {
                    indefinite++;
                }
            }
            if (!isNear)
                total = 0;
            double needed = step.PerDraw * step.PerDraw / (options.MonteCarloError * options.MonteCarloError);
            next = (int)Math.Clamp(isNear ? 1.1 * needed - total : FirstWindow, FirstWindow, 4 * window.DrawCount);
        }
    }

    private WindowSums Draw(int count, CancellationToken cancellation)
    {
        for (int warm = 0; warm < WarmUp; warm++)
        {
            sampler.Advance(0);
            sampler.Advance(Nearby);
        }
        WindowSums window = new(plan.Layout.FreeCount, count);
        for (int draw = 0; draw < count && !cancellation.IsCancellationRequested; draw++)
        {
            if (draw % 4 == 0)
                sampler.Advance(Nearby); // for who is out of the reach of independent proposals
            sampler.Advance(0);
            window.Add(mStep.Derivatives(Estimates.Point, expectation));
            log.Record(Estimates.LastErrorShare, Estimates.LastErrorIndex, RunLog.Average);
        }
        return window;
    }

    /// <summary>Makes the information where the estimates stand, and the chains.</summary>
    private bool TryInform(bool withCrossProduct, CancellationToken cancellation)
    {
        try
        {
            PosteriorInformation posteriors = PosteriorInformation.Of(Estimates.Point, sampler.Tiles, withCrossProduct, threads, cancellation);
            double[] hessian = new double[(long)plan.Layout.FreeCount * plan.Layout.FreeCount];
            mStep.Derivatives(Estimates.Point, posteriors.Expectation, hessian);
            travelled = 0;
            return Estimates.TryInform(posteriors, hessian, threads);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Moves by a share of the step, shortened until it stays in the domain.</summary>
    private void Move(WindowStep step, double gain)
    {
        double scale = gain * Math.Min(1, LargestStep / Math.Max(step.LargestChange, 1e-300));
        for (int halving = 0; halving < 20; halving++, scale /= 2)
        {
            double[] free = (double[])Estimates.Point.Parameters.Free.Clone();
            for (int k = 0; k < step.Step.Length; k++)
            {
                int index = Estimates.Interior[k];
                free[index] += scale * step.Step[k];
                if (plan.Layout.IsBoundedLogit[index])
                    free[index] = Math.Clamp(free[index], -ParameterLayout.LogitBound, ParameterLayout.LogitBound);
            }
            ParameterVector moved = new(plan.Layout, free);
            if (!plan.IsInDomain(moved) || ModelPoint.TryCreate(plan, moved) is not { } point)
                continue;
            Estimates.MoveTo(point);
            return;
        }
    }
}

/// <summary>How averaging ended.</summary>
internal enum RefinementEnd
{
    /// <summary>The estimates are as precise as asked for.</summary>
    Converged,

    /// <summary>The draws did not suffice.</summary>
    DrawLimit,

    /// <summary>The complete-data information is not positive definite.</summary>
    NoInformation,

    /// <summary>The observed information stays indefinite: its noise hides what little the data say of some direction.</summary>
    Indefinite,

    /// <summary>The user interrupted.</summary>
    Interrupted,
}
