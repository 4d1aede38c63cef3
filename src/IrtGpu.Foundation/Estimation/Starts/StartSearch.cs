using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;

namespace IrtGpu.Foundation.Estimation.Starts;

/// <summary>Several starts in two stages: short runs from all, then the best of them to the end.</summary>
/// <remarks>
/// Where there is a smaller problem of the same parameters both stages run on that first; of the runs that end in one maximum there one goes on over the
/// whole, and those whose maxima are far below the best do not.
/// </remarks>
/// <param name="problem">The model.</param>
/// <param name="options">Acceleration and stop rules.</param>
/// <param name="smaller">The model of a part of the data; null: short runs go over all of them.</param>
internal sealed class StartSearch<TExpectation>(IEmProblem<TExpectation> problem, EmOptions options, IEmProblem<TExpectation>? smaller = null)
    where TExpectation : class, IExpectation
{
    private const int SmallerCycles = 500;
    private const double SmallerTolerance = 1e-4;
    private const double SameSmallerMaximum = 0.05; // of the objective of the smaller problem
    private const double FarBelow = 20; // there: by more than its noise of √(2 · 20) three times
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

        List<EmOutcome<TExpectation>> begun = RunBriefly(starts, search, cancellation);
        List<EmOutcome<TExpectation>> finished = [];
        List<EmOutcome<TExpectation>> sound = [.. begun.Where(outcome => !IsDegenerate(outcome))];
        int wanted = Wanted(starts.Count);
        List<int> reachedBy = []; // starts, by run to the end
        foreach ((EmOutcome<TExpectation> promising, int count) in Promising(sound.Count > 0 ? sound : begun))
        {
            if (finished.Count > 0 && (cancellation.IsCancellationRequested || finished.Count(outcome => !IsDegenerate(outcome)) >= wanted))
                break;
            finished.Add(full.Run(promising.Parameters));
            reachedBy.Add(count);
        }
        // Where a run grows without bound its objective says nothing: it is the best only where all do.
        EmOutcome<TExpectation> best = finished.OrderBy(IsDegenerate).ThenByDescending(outcome => outcome.Objective).First();
        foreach (EmOutcome<TExpectation> other in finished.Where(other => !ReferenceEquals(other, best)))
            other.Expectation.Dispose();
        int eSteps = begun.Sum(outcome => outcome.EStepCount) + finished.Sum(outcome => outcome.EStepCount);
        return (best with { EStepCount = eSteps }, Maxima([.. finished.Zip(reachedBy)], sound.Count > 0 ? begun.Count - sound.Count : 0));
    }

    /// <summary>Where runs to the end begin, the best first, and how many starts led there.</summary>
    private IEnumerable<(EmOutcome<TExpectation> Outcome, int Count)> Promising(IReadOnlyList<EmOutcome<TExpectation>> outcomes)
    {
        List<(EmOutcome<TExpectation> Outcome, int Count)> promising = [];
        foreach (EmOutcome<TExpectation> outcome in outcomes.OrderByDescending(outcome => outcome.Objective))
        {
            if (smaller is null || promising.Count == 0 || promising[^1].Outcome.Objective - outcome.Objective > SameSmallerMaximum)
                promising.Add((outcome, 1));
            else
                promising[^1] = (promising[^1].Outcome, promising[^1].Count + 1);
        }
        return smaller is null ? promising : promising.Where(one => one.Outcome.Objective >= promising[0].Outcome.Objective - FarBelow);
    }

    private static bool IsDegenerate(EmOutcome<TExpectation> outcome) => outcome.Termination.Kind == TerminationKind.Degenerate;

    /// <summary>Short runs from all starts: side by side on a problem that gains by it, else one after the other, to the same bits.</summary>
    /// <returns>In the order of the starts; after a cancellation only those begun before, and at least the first.</returns>
    private List<EmOutcome<TExpectation>> RunBriefly(IReadOnlyList<double[]> starts, IProgress<WorkProgress>? search, CancellationToken cancellation)
    {
        EmOptions brief = options with { MaxCycles = ShortCycles, Tolerance = Math.Max(options.Tolerance, ShortTolerance) };
        IEmProblem<TExpectation> rehearsed = smaller ?? problem;
        List<EmOutcome<TExpectation>> begun = [];
        using IEmBatch<TExpectation>? batch = rehearsed.TryOpenBatch(starts.Count);
        if (batch is not null)
            begun.AddRange(LockstepRuns.Run(batch, rehearsed, starts, brief, search, cancellation));
        foreach (double[] start in batch is null ? starts : [])
        {
            if (begun.Count > 0 && cancellation.IsCancellationRequested)
                break;
            begun.Add(new EmAlgorithm<TExpectation>(rehearsed, brief, null, cancellation).Run(start));
            search?.Report(ShortRuns(begun.Count, starts.Count));
            begun[^1].Expectation.Dispose(); // where it led and how high is all that counts
        }
        return smaller is null ? begun : Settle(begun, smaller, cancellation);
    }

    /// <summary>Takes the best short runs on the smaller problem to their maxima there; those that grow without bound stay in the list.</summary>
    private List<EmOutcome<TExpectation>> Settle(List<EmOutcome<TExpectation>> begun, IEmProblem<TExpectation> rehearsed, CancellationToken cancellation)
    {
        EmOptions longer = options with { MaxCycles = Math.Min(options.MaxCycles, SmallerCycles), Tolerance = SmallerTolerance };
        List<EmOutcome<TExpectation>> settled = [];
        foreach (EmOutcome<TExpectation> promising in begun.Where(outcome => !IsDegenerate(outcome)).OrderByDescending(outcome => outcome.Objective).Take(Wanted(begun.Count)))
        {
            EmOutcome<TExpectation> outcome = new EmAlgorithm<TExpectation>(rehearsed, longer, null, cancellation).Run(promising.Parameters);
            outcome.Expectation.Dispose();
            settled.Add(outcome with { EStepCount = outcome.EStepCount + promising.EStepCount });
        }
        return [.. settled, .. begun.Where(IsDegenerate)];
    }

    /// <summary>How many runs go on to the end, those that grow without bound not counted.</summary>
    private static int Wanted(int starts) => Math.Max(2, (starts + 3) / 4);

    /// <summary>How many of the short runs are done.</summary>
    internal static WorkProgress ShortRuns(int done, int total) => new("short runs from the starts", done, total, "starts");

    private static List<StartOutcome> Maxima(IReadOnlyList<(EmOutcome<TExpectation> Outcome, int Count)> finished, int degenerateBefore)
    {
        List<StartOutcome> maxima = [];
        foreach ((EmOutcome<TExpectation> outcome, int count) in finished.Where(one => !IsDegenerate(one.Outcome)).OrderByDescending(one => one.Outcome.Objective))
        {
            int same = maxima.FindIndex(known => Math.Abs(known.LogLikelihood - outcome.Objective) < SameMaximum);
            if (same >= 0)
                maxima[same] = maxima[same] with { Count = maxima[same].Count + count, IsConverged = maxima[same].IsConverged && outcome.Termination.IsConverged };
            else
                maxima.Add(new StartOutcome(outcome.Objective, count, outcome.Termination.IsConverged));
        }
        int degenerate = degenerateBefore + finished.Where(one => IsDegenerate(one.Outcome)).Sum(one => one.Count);
        if (degenerate > 0)
            maxima.Add(new StartOutcome(double.PositiveInfinity, degenerate, false) { IsDegenerate = true });
        return maxima;
    }
}
