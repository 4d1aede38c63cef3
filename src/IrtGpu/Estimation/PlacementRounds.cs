using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Progress;

namespace IrtGpu.Estimation;

/// <summary>EM at nodes that follow persons: held while EM runs, moved where a run begins, until neither moves the other.</summary>
/// <remarks>
/// The log-likelihood of nodes that move is that of a changing rule, which no EM step is bound to raise; between two moves it is one
/// function, and EM, its acceleration and its guards are what they are elsewhere. The first runs are short, as nodes placed at the start
/// are not worth many cycles. The run that ends the rounds began with nodes placed where it began, and hardly left from there.
/// </remarks>
/// <param name="problem">The model.</param>
/// <param name="options">Acceleration and stop rules, of all rounds together.</param>
internal sealed class PlacementRounds(ItemResponseProblem problem, EmOptions options)
{
    private const int MostRounds = 20;
    private const int FewCycles = 2; // of a run that has nowhere to go
    private const double Agreement = 5; // tolerances that a run may go from where its nodes were placed

    private static readonly int[] ShortRuns = [3, 6, 12];

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
        double[] start = best?.Parameters ?? starts[0];
        for (int round = best is null ? 0 : ShortRuns.Length; ; round++)
        {
            best?.Expectation.Dispose();
            int left = options.MaxCycles - history.Count;
            bool isShort = round < ShortRuns.Length && ShortRuns[round] < left;
            EmOptions these = options with { MaxCycles = Math.Max(1, isShort ? ShortRuns[round] : left) };
            best = new EmAlgorithm<EvaluatedPoint>(problem, these, progress is null ? null : new Renumbering(progress, history), cancellation).Run(start);
            eSteps += best.EStepCount;
            Append(history, best.History);
            bool isOver = !best.Termination.IsConverged && !(isShort && best.Termination.Kind == TerminationKind.CycleLimit);
            if (isOver || HasAgreed(start, best) || history.Count >= options.MaxCycles || round + 1 == MostRounds)
                return (best with { History = history, EStepCount = eSteps, Termination = Describe(best, history, start, round + 1) }, maxima);
            start = best.Parameters;
        }
    }

    private bool HasAgreed(double[] start, EmOutcome<EvaluatedPoint> run) =>
        run.Termination.IsConverged && (run.History.Count <= FewCycles || Distance(start, run.Parameters) < Agreement * options.Tolerance);

    private double Distance(double[] from, double[] to)
    {
        double largest = 0;
        for (int index = 0; index < from.Length; index++)
            largest = Math.Max(largest, problem.Change(index, from, to));
        return largest;
    }

    private Termination Describe(EmOutcome<EvaluatedPoint> last, List<IterationRecord> history, double[] start, int rounds)
    {
        if (!last.Termination.IsConverged)
            return last.Termination;
        string cycles = $"{history.Count} cycles, nodes placed {rounds} times";
        return HasAgreed(start, last)
            ? new Termination(TerminationKind.Converged, FormattableString.Invariant(
                $"Converged in {cycles}: largest change {history[^1].LargestChange:g2} (tolerance {options.Tolerance:g2})."))
            : new Termination(TerminationKind.CycleLimit, FormattableString.Invariant(
                $"Not converged: {cycles}, and the last time estimates still moved by {Distance(start, last.Parameters):g2} with the nodes (tolerance {options.Tolerance:g2}). Raise --max-cycles, or ask for more nodes."));
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
