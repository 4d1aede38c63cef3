using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Progress;

namespace IrtGpu.Estimation;

/// <summary>EM at nodes that follow persons: held while EM goes some way, moved where it is close to where it goes with them.</summary>
/// <remarks>
/// The log-likelihood of nodes that move is that of a changing rule, which no EM step is bound to raise; between two moves it is one
/// function, and EM and its guards are what they are elsewhere; what acceleration knows of the EM map outlasts a move, which changes it little.
/// Where nodes were placed, they serve until a step is short beside the way since: the maximum with them is near, and that with nodes there
/// is better. EM has converged when it has with nodes held, and ended near to where these were placed.
/// </remarks>
/// <param name="problem">The model.</param>
/// <param name="options">Acceleration and stop rules, of all rounds together.</param>
internal sealed class PlacementRounds(ItemResponseProblem problem, EmOptions options)
{
    private const int MostPlacements = 20;
    private const int MostEarly = 6; // before EM has converged with nodes held: where it is slow, every step is short beside the way
    private const double ShortStep = 0.25; // of the way since nodes were placed
    private const double Agreement = 5; // tolerances that EM may end from where its nodes were placed

    /// <summary>Runs.</summary>
    /// <param name="starts">Where to begin, at least one. [start][parameter]</param>
    /// <param name="progress">Hears of the cycles of the runs to the end.</param>
    /// <param name="search">Hears how many of the short runs from several starts are done.</param>
    /// <param name="cancellation">Ends the run after the running cycle.</param>
    /// <returns>The outcome with the cycles of all rounds, and the maxima found by several starts.</returns>
    public (EmOutcome<EvaluatedPoint> Outcome, IReadOnlyList<StartOutcome> Maxima) Run(
        double[][] starts, IProgress<IterationRecord>? progress, IProgress<WorkProgress>? search, CancellationToken cancellation)
    {
        List<IterationRecord> history = [];
        EmOutcome<EvaluatedPoint>? best = null;
        IReadOnlyList<StartOutcome> maxima = [];
        int eSteps = 0;
        if (starts.Length > 1)
        {
            (best, maxima) = new StartSearch<EvaluatedPoint>(problem, options).Run(starts, progress, search, cancellation);
            history.AddRange(best.History);
            eSteps = best.EStepCount;
            if (!best.Termination.IsConverged)
                return (best, maxima);
        }
        best?.Expectation.Dispose();
        (EmOutcome<EvaluatedPoint> outcome, double moved, int placements) = Follow(
            best?.Parameters ?? starts[0], options with { MaxCycles = Math.Max(1, options.MaxCycles - history.Count) },
            progress is null ? null : new Renumbering(progress, history), cancellation);
        Append(history, outcome.History);
        return (outcome with { History = history, EStepCount = eSteps + outcome.EStepCount, Termination = Describe(outcome, history, moved, placements) }, maxima);
    }

    /// <summary>One run, whose nodes are moved between cycles.</summary>
    /// <returns>Its outcome, how far it ended from where nodes were placed last, and how often they were.</returns>
    private (EmOutcome<EvaluatedPoint> Outcome, double Moved, int Placements) Follow(
        double[] start, EmOptions these, IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        EmAlgorithm<EvaluatedPoint> algorithm = new(problem, these, progress, cancellation);
        EmState state = new(problem, these, start);
        double[] placed = start;
        problem.Begin(placed);
        for (int placements = 1; ;)
        {
            if (algorithm.Next(state) is { } outcome)
                return (outcome, Distance(placed, outcome.Parameters), placements);
            if (placements == MostPlacements || !WantsOthers(state, placed, placements < MostEarly))
                continue;
            state.ChangeObjective();
            placed = state.Parameters;
            problem.Begin(placed);
            placements++;
        }
    }

    private bool WantsOthers(EmState state, double[] placed, bool isEarly)
    {
        double moved = Distance(placed, state.Parameters);
        return moved >= Agreement * options.Tolerance
            && (state.Termination is { } termination ? termination.IsConverged : isEarly && state.History[^1].LargestChange < ShortStep * moved); // never of a rejected one
    }

    private double Distance(double[] from, double[] to)
    {
        double largest = 0;
        for (int index = 0; index < from.Length; index++)
            largest = Math.Max(largest, problem.Change(index, from, to));
        return largest;
    }

    private Termination Describe(EmOutcome<EvaluatedPoint> outcome, List<IterationRecord> history, double moved, int placements)
    {
        if (!outcome.Termination.IsConverged)
            return outcome.Termination;
        string cycles = FormattableString.Invariant($"{history.Count} cycles, nodes placed {placements} {(placements == 1 ? "time" : "times")}");
        return moved < Agreement * options.Tolerance
            ? new Termination(TerminationKind.Converged, FormattableString.Invariant(
                $"Converged in {cycles}: largest change {history[^1].LargestChange:g2} (tolerance {options.Tolerance:g2})."))
            : new Termination(TerminationKind.CycleLimit, FormattableString.Invariant(
                $"Not converged: {cycles}, and the last time estimates still moved by {moved:g2} with the nodes (tolerance {options.Tolerance:g2}). Raise --max-cycles, or ask for more nodes."));
    }

    /// <summary>Cycles of a run as those of all rounds.</summary>
    private static void Append(List<IterationRecord> history, IReadOnlyList<IterationRecord> run)
    {
        int before = history.Count;
        double seconds = before == 0 ? 0 : history[^1].Seconds;
        history.AddRange(run.Select(record => record with { Cycle = before + record.Cycle, Seconds = seconds + record.Seconds }));
    }

    private sealed class Renumbering(IProgress<IterationRecord> inner, List<IterationRecord> history) : IProgress<IterationRecord>
    {
        private readonly int before = history.Count;
        private readonly double seconds = history.Count == 0 ? 0 : history[^1].Seconds;

        public void Report(IterationRecord value) => inner.Report(value with { Cycle = before + value.Cycle, Seconds = seconds + value.Seconds });
    }
}
