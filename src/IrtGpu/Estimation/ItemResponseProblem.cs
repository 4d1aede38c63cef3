using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Limits;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;

namespace IrtGpu.Estimation;

/// <summary>A calibration as EM sees it: free parameters of the plan's layout, E-steps of a backend.</summary>
internal sealed class ItemResponseProblem : IEmProblem<EvaluatedPoint>
{
    private const int AsymptoteIterations = 6; // of Newton in a guarded M-step: with one, EM creeps towards bounds
    private const double AsymptoteUnit = 4; // probabilities times this move as logits do around one half: extrapolation weighs all changes alike

    private readonly CalibrationPlan plan;
    private readonly IComputeBackend backend;
    private readonly int iterations;
    private readonly int threads;
    private readonly int[] asymptotes; // free parameters that are logits of g or u
    private readonly bool nodesMove; // from cycle to cycle
    private readonly MStep mStep;
    private readonly SteepItems steep;
    private readonly ParameterExpansion expansion;
    private bool isGuarded; // M-steps are held to raise the expected log-likelihood, even where that is dear
    private bool isTrusting; // the last M-step was not

    /// <summary>Prepares the EM steps of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="backend">Computes E-steps.</param>
    /// <param name="iterations">Newton iterations of the item parameters in each M-step.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    public ItemResponseProblem(CalibrationPlan plan, IComputeBackend backend, int iterations, int threads)
    {
        this.plan = plan;
        this.backend = backend;
        this.iterations = iterations;
        this.threads = threads;
        asymptotes = [.. Enumerable.Range(0, plan.Layout.FreeCount).Where(index => plan.Layout.IsBoundedLogit[index])];
        nodesMove = plan.Integration.FollowsLines && plan.Grid.Moves && plan.Blocks.Any(block => plan.Layout.FreeOf(block.FirstMeanSlot, plan.AttributeCount + plan.CovarianceCount).Length > 0);
        mStep = CreateMStep();
        steep = new SteepItems(plan);
        expansion = new ParameterExpansion(plan);
    }

    public int ParameterCount => plan.Layout.FreeCount;

    // Moving nodes follow the population already, and their posterior moments are not those of a fixed density.
    public bool CanExpand => !plan.Grid.Moves && expansion.IsUseful;

    // Every item's g and u has a slow direction of its own.
    public int Memory => asymptotes.Length > 0 ? 8 : 5;

    public string Remedy(EmFailure failure) => failure switch
    {
        EmFailure.ObjectiveFell => "The quadrature may be too coarse for these data: raise --nodes or widen --range.",
        EmFailure.ObjectiveIsNoNumber =>
            "Some response has probability 0 under the parameters: check fixed values, and widen --range if abilities lie outside it.",
        EmFailure.LeftDomain => "A covariance matrix is not positive definite there: fix or restrain the SDs and correlations that are nearly determined by the others.",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "There is no such failure."),
    };

    public string Describe(int parameter) => SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[parameter]);

    /// <summary>
    /// Changes of asymptotes are taken on the probability scale, where a boundary is reached in finite time; those of items so steep that
    /// nothing depends on them do not count.
    /// </summary>
    public double Change(int parameter, double[] from, double[] to) => plan.Layout.IsBoundedLogit[parameter]
        ? Math.Abs(Elementary.Sigmoid(to[parameter]) - Elementary.Sigmoid(from[parameter]))
        : steep.Has(parameter, from) ? 0 : Math.Abs(to[parameter] - from[parameter]);

    /// <summary>Nodes that move with a free population change the quadrature from cycle to cycle, so there the log-likelihood may move by its error.</summary>
    public double Slack(double objective) =>
        nodesMove ? 1e-3 + 1e-7 * Math.Abs(objective) : 1e-9 + 1e-12 * Math.Abs(objective);

    /// <summary>Whether a run ends once a population is clearly beyond the nodes.</summary>
    public bool WatchesGrid { get; set; }

    public bool IsOutgrown(double[] parameters) => WatchesGrid && GridPlanner.IsOutgrown(plan, new ParameterVector(plan.Layout, parameters));

    public bool TryAdmit(double[] proposal)
    {
        for (int index = 0; index < proposal.Length; index++)
        {
            if (plan.Layout.IsBoundedLogit[index])
                proposal[index] = Math.Clamp(proposal[index], -ParameterLayout.LogitBound, ParameterLayout.LogitBound);
        }
        ParameterVector candidate = new(plan.Layout, proposal);
        return plan.IsInDomain(candidate) && Populations.TryCreate(plan, candidate.Slots) is not null;
    }

    /// <summary>
    /// Asymptotes as probabilities: where one goes to its bound, EM multiplies its distance by a factor a cycle, which extrapolation sees
    /// through; on the logit scale it moves for ever by the same length.
    /// </summary>
    /// <param name="parameters">Working values. [free]</param>
    public double[] Straighten(double[] parameters)
    {
        if (asymptotes.Length == 0)
            return parameters;
        double[] straight = (double[])parameters.Clone();
        foreach (int index in asymptotes)
            straight[index] = AsymptoteUnit * Elementary.Sigmoid(parameters[index]);
        return straight;
    }

    /// <summary>Logits again. An extrapolation takes an asymptote at most nine tenths of the way to 0 or 1, so that it can come back.</summary>
    /// <param name="proposal">Asymptotes as probabilities, which may have left (0, 1); becomes the result. [free]</param>
    /// <param name="mapped">Working values. [free]</param>
    public double[] Bend(double[] proposal, double[] mapped)
    {
        const double Left = 0.1;
        foreach (int index in asymptotes)
        {
            double probability = proposal[index] / AsymptoteUnit;
            double lower = Left * Elementary.Sigmoid(mapped[index]);
            double upper = Left * Elementary.Sigmoid(-mapped[index]);
            proposal[index] = Math.Log(Math.Clamp(probability, lower, 1 - upper) / Math.Clamp(1 - probability, upper, 1 - lower));
        }
        return proposal;
    }

    /// <summary>Moves nodes that follow persons to their posteriors there.</summary>
    /// <param name="parameters">Where. [free]</param>
    public void Begin(double[] parameters)
    {
        isGuarded = false;
        if (backend.Capabilities.PlaceNodes is { } place && TryCreatePoint(parameters) is { } point)
            place(point);
    }

    public EvaluatedPoint? TryExpect(double[] parameters) => TryCreatePoint(parameters) is { } point
        ? new EvaluatedPoint(point, backend.ComputeExpectation(point))
        : null;

    /// <summary>Where derivatives came with the E-step and values would cost another, a step is judged by the E-step after it.</summary>
    public EmStep Maximize(EvaluatedPoint expectation, bool isExpanded)
    {
        isTrusting = !isGuarded && expectation.Found.HoldsDerivatives;
        return Step(mStep, expectation, mStep.Maximize(expectation.Point, expectation.Found, !isTrusting), isExpanded);
    }

    public bool TryGuard()
    {
        isGuarded |= isTrusting;
        return isTrusting;
    }

    public double[] Gradient(EvaluatedPoint expectation) => mStep.Derivatives(expectation.Point, expectation.Found);

    /// <summary>Finds estimates that have run off.</summary>
    /// <param name="expectation">The E-step at the estimates.</param>
    public RunOffs FindRunOffs(EvaluatedPoint expectation)
    {
        (ModelPoint point, Expectation found) = expectation;
        return steep.AddTo(mStep.FindRunOffs(point, found), point.Parameters.Free, () => mStep.Maximize(point, found).Free);
    }

    public IEmBatch<EvaluatedPoint>? TryOpenBatch(int wanted) =>
        backend.Capabilities.TryOpenBatch(wanted) is { } batch ? new ItemResponseBatch(this, batch) : null;

    /// <summary>Prepares an M-step.</summary>
    public MStep CreateMStep() => new(plan, iterations, threads, AsymptoteIterations);

    /// <summary>Nodes and weights of free parameters; null where a covariance matrix is not positive definite.</summary>
    /// <param name="parameters">Kept, not copied. [free]</param>
    public ModelPoint? TryCreatePoint(double[] parameters) => ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, parameters));

    /// <summary>Completes an M-step by parameter expansion, where that is wanted.</summary>
    /// <param name="made">The M-step; the last that it made.</param>
    /// <param name="expectation">Where it was made.</param>
    /// <param name="plain">Its parameters.</param>
    /// <param name="isExpanded">Whether expansion is wanted.</param>
    public EmStep Step(MStep made, EvaluatedPoint expectation, ParameterVector plain, bool isExpanded)
    {
        (ModelPoint point, Expectation found) = expectation;
        return new EmStep(plain.Free, isExpanded ? expansion.Apply(point, made.GradientAtStart(point, found), found, plain).Free : plain.Free);
    }
}
