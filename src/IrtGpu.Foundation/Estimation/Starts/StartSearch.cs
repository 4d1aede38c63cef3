using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;

namespace IrtGpu.Foundation.Estimation.Starts;

/// <summary>Several starts in two stages: short runs from all, then the best of them to the end.</summary>
/// <param name="problem">The model.</param>
/// <param name="options">Acceleration and stop rules.</param>
internal sealed class StartSearch<TExpectation>(IEmProblem<TExpectation> problem, EmOptions options)
    where TExpectation : class, IExpectation
{
    private const int ShortCycles = 20;
    private const double ShortTolerance = 1e-2;
    private const double SameMaximum = 1e-2; // of the objective

    /// <summary>Runs the search.</summary>
    /// <param name="starts">Where to begin, at least one. [start][parameter]</param>
    /// <param name="progress">Hears of the cycles of the runs to the end.</param>
    /// <param name="search">Hears how many of the short runs are done.</param>
    /// <param name="cancellation">Ends the search after the running cycle.</param>
    /// <returns>The best outcome, with the E-steps of all runs, and the maxima found, best first, last how many starts grew without bound; none of a single start.</returns>
    public (EmOutcome<TExpectation> Outcome, IReadOnlyList<StartOutcome> Maxima) Run(
        IReadOnlyList<double[]> starts, IProgress<IterationRecord>? progress, IProgress<WorkProgress>? search, CancellationToken cancellation)
    {
        EmAlgorithm<TExpectation> full = new(problem, options, progress, cancellation);
        if (starts.Count == 1)
            return (full.Run(starts[0]), []);

        IReadOnlyList<EmOutcome<TExpectation>> begun = RunBriefly(starts, search, cancellation);
        List<EmOutcome<TExpectation>> finished = [];
        List<EmOutcome<TExpectation>> sound = [.. begun.Where(outcome => !IsDegenerate(outcome))];
        int wanted = Math.Max(2, (starts.Count + 3) / 4); // of runs that do not grow without bound
        foreach (EmOutcome<TExpectation> promising in (sound.Count > 0 ? sound : begun).OrderByDescending(outcome => outcome.Objective))
        {
            if (finished.Count > 0 && (cancellation.IsCancellationRequested || finished.Count(outcome => !IsDegenerate(outcome)) >= wanted))
                break;
            finished.Add(full.Run(promising.Parameters));
        }
        // Where a run grows without bound its objective says nothing: it is the best only where all do.
        EmOutcome<TExpectation> best = finished.OrderBy(IsDegenerate).ThenByDescending(outcome => outcome.Objective).First();
        foreach (EmOutcome<TExpectation> other in finished.Where(other => !ReferenceEquals(other, best)))
            other.Expectation.Dispose();
        int eSteps = begun.Sum(outcome => outcome.EStepCount) + finished.Sum(outcome => outcome.EStepCount);
        return (best with { EStepCount = eSteps }, Maxima(finished, sound.Count > 0 ? begun.Count - sound.Count : 0));
    }

    private static bool IsDegenerate(EmOutcome<TExpectation> outcome) => outcome.Termination.Kind == TerminationKind.Degenerate;

    /// <summary>Short runs from all starts: side by side on a problem that gains by it, else one after the other, to the same bits.</summary>
    /// <returns>In the order of the starts; after a cancellation only those begun before, and at least the first.</returns>
    private IReadOnlyList<EmOutcome<TExpectation>> RunBriefly(IReadOnlyList<double[]> starts, IProgress<WorkProgress>? search, CancellationToken cancellation)
    {
        EmOptions brief = options with { MaxCycles = ShortCycles, Tolerance = Math.Max(options.Tolerance, ShortTolerance) };
        using IEmBatch<TExpectation>? batch = problem.TryOpenBatch(starts.Count);
        if (batch is not null)
            return LockstepRuns.Run(batch, problem, starts, brief, search, cancellation);
        List<EmOutcome<TExpectation>> begun = [];
        foreach (double[] start in starts)
        {
            if (begun.Count > 0 && cancellation.IsCancellationRequested)
                break;
            begun.Add(new EmAlgorithm<TExpectation>(problem, brief, null, cancellation).Run(start));
            search?.Report(ShortRuns(begun.Count, starts.Count));
            begun[^1].Expectation.Dispose(); // where it led and how high is all that counts
        }
        return begun;
    }

    /// <summary>How many of the short runs are done.</summary>
    internal static WorkProgress ShortRuns(int done, int total) => new("short runs from the starts", done, total, "starts");

    private static List<StartOutcome> Maxima(List<EmOutcome<TExpectation>> finished, int degenerateBefore)
    {
        List<StartOutcome> maxima = [];
        foreach (EmOutcome<TExpectation> outcome in finished.Where(outcome => !IsDegenerate(outcome)).OrderByDescending(outcome => outcome.Objective))
        {
            int same = maxima.FindIndex(known => Math.Abs(known.LogLikelihood - outcome.Objective) < SameMaximum);
            if (same >= 0)
                maxima[same] = maxima[same] with { Count = maxima[same].Count + 1, IsConverged = maxima[same].IsConverged && outcome.Termination.IsConverged };
            else
                maxima.Add(new StartOutcome(outcome.Objective, 1, outcome.Termination.IsConverged));
        }
        int degenerate = degenerateBefore + finished.Count(IsDegenerate);
        if (degenerate > 0)
            maxima.Add(new StartOutcome(double.PositiveInfinity, degenerate, false) { IsDegenerate = true });
        return maxima;
    }
}
