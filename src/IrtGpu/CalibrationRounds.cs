using System.Diagnostics;
using IrtGpu.Compute;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>Fits a problem on nodes that follow its populations: fit, look, choose better nodes, go on from the estimates.</summary>
internal sealed class CalibrationRounds : IDisposable
{
    private const int MostRounds = 10;

    private readonly CalibrationOptions options;
    private readonly List<GridRound> givenUp = [];
    private CalibrationProblem problem;

    public CalibrationRounds(CalibrationProblem problem, CalibrationOptions options)
    {
        this.problem = problem;
        this.options = options;
        Session = Open();
    }

    /// <summary>The session of the last round.</summary>
    public CalibrationSession Session { get; private set; }

    /// <summary>The fits on nodes that were given up.</summary>
    public IReadOnlyList<GridRound> GivenUp => givenUp;

    /// <summary>The last look at the nodes; null where an interruption left no time.</summary>
    public GridLook? Look { get; private set; }

    /// <summary>Posterior summaries at the estimates; null before <see cref="Fit"/>, and where an interruption left no time.</summary>
    public PatternScores? Scores { get; private set; }

    /// <summary>What the scores took.</summary>
    public double ScoreSeconds { get; private set; }

    /// <summary>Estimates, on as many grids as it takes.</summary>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="work">Hears of the starts and the scores.</param>
    /// <param name="cancellation">Ends the estimation after the running cycle.</param>
    /// <returns>The last fit, with the E-steps of all and the maxima of the first.</returns>
    public CalibrationFit Fit(IProgress<IterationRecord>? progress, IProgress<WorkProgress>? work, CancellationToken cancellation)
    {
        CalibrationFit fit = Session.Fit(options.Start, progress, work, cancellation);
        int cycles = 0;
        while (true)
        {
            cycles += fit.History.Count;
            work?.Report(new WorkProgress("scores"));
            Scores = TryScore(fit, cancellation);
            if (Scores is null)
                return fit;
            Look = Session.Look(fit, Scores, givenUp.Count);
            bool isOver = cancellation.IsCancellationRequested || fit.Termination.Kind is TerminationKind.Interrupted or TerminationKind.CycleLimit || cycles >= options.MaxCycles;
            if (Look.Better is not { } better || isOver || givenUp.Count + 1 == MostRounds)
                return fit with { Warnings = [.. fit.Warnings, .. Look.Warnings] };
            QuadratureGrid grid = problem.Plan.Grid;
            givenUp.Add(new GridRound(grid.NodesPerAttribute, grid.Moves ? null : grid.Low, grid.Moves ? null : grid.High, fit.History.Count, JsonSettings.Finite(fit.LogLikelihood)));
            fit = GoOn(fit, problem.Plan.Grid.With(better, Look.BetterReason), options.MaxCycles - cycles, progress, cancellation);
        }
    }

    /// <summary>The scores, which take as long as a cycle: an interruption of the fit waits for them, one while they are made does not.</summary>
    private PatternScores? TryScore(CalibrationFit fit, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            return Session.Score(fit.Point, fit.Termination.Kind == TerminationKind.Interrupted ? CancellationToken.None : cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            ScoreSeconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    private CalibrationFit GoOn(CalibrationFit before, QuadratureGrid grid, int maxCycles, IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        QuadratureGrid left = problem.Plan.Grid;
        before.Dispose();
        Session.Dispose();
        problem = problem.On(grid);
        Session = Open();
        // Starts that left the nodes do not tell which of them is best.
        bool isSearch = before.Termination.Kind == TerminationKind.Outgrown && before.Maxima.Count > 0;
        CalibrationFit fit = isSearch
            ? Session.Fit(options.Start, progress, null, cancellation)
            : Session.Continue(Begin(before.Point.Parameters, left), maxCycles, progress, cancellation);
        return fit with { EStepCount = before.EStepCount + fit.EStepCount, Maxima = isSearch ? fit.Maxima : before.Maxima };
    }

    /// <summary>Where to go on: at the estimates, but for populations that were lost.</summary>
    private double[] Begin(ParameterVector reached, QuadratureGrid left)
    {
        double[] free = GridPlanner.GoOn(problem.Plan, left, Look!.Populations, givenUp.Count - 1, reached);
        return ModelPoint.TryCreate(problem.Plan, new ParameterVector(problem.Plan.Layout, free)) is null ? reached.Free : free;
    }

    private CalibrationSession Open()
    {
        CalibrationSession session = problem.Open(options);
        session.WatchesGrid = problem.Plan.Integration.FollowsLines && problem.Plan.Specification.Quadrature is { Rule: QuadratureRule.Rectangular, Low: null } && givenUp.Count + 1 < MostRounds;
        return session;
    }
}
