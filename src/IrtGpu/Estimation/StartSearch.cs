using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation;

/// <summary>A local maximum that starts ended in.</summary>
/// <param name="LogLikelihood">Marginal log-likelihood (penalised where there are priors).</param>
/// <param name="Count">How many of the starts run to the end reached it.</param>
/// <param name="IsConverged">Whether they converged.</param>
public sealed record StartOutcome(double LogLikelihood, int Count, bool IsConverged);

/// <summary>Several starts in two stages: short runs from all, then the best of them to the end.</summary>
/// <param name="plan">The plan.</param>
/// <param name="patterns">The data.</param>
/// <param name="backend">Computes E-steps.</param>
/// <param name="options">Number of starts, seed, stop rules.</param>
internal sealed class StartSearch(CalibrationPlan plan, PatternTable patterns, IComputeBackend backend, CalibrationOptions options)
{
    private const int AutomaticClassStarts = 10;
    private const int ShortCycles = 20;
    private const double SameMaximum = 1e-2; // of the log-likelihood
    private const double ClassNoise = 1.0;
    private const double Noise = 0.5;

    /// <summary>Runs the search.</summary>
    /// <param name="progress">Hears of the cycles of the runs to the end.</param>
    /// <param name="cancellation">Ends the search after the running cycle.</param>
    /// <returns>The best outcome, with the E-steps of all runs, and the maxima found, best first.</returns>
    public (EmOutcome Outcome, IReadOnlyList<StartOutcome> Maxima) Run(IProgress<IterationRecord>? progress, CancellationToken cancellation)
    {
        EmAlgorithm full = new(plan, backend, options, progress, cancellation);
        ParameterVector marginal = StartingValues.FromMarginals(plan, patterns);
        bool needsNoise = plan.ClassCount > 1;
        int count = options.Starts > 0 ? options.Starts : needsNoise ? AutomaticClassStarts : 1;
        if (count == 1)
            return (full.Run(needsNoise ? StartingValues.Disturb(plan, marginal, options.Seed, ClassNoise) : marginal), []);

        IReadOnlyList<EmOutcome> begun = RunBriefly(
            [.. Enumerable.Range(0, count).Select(start => start == 0 && !needsNoise
                ? marginal
                : StartingValues.Disturb(plan, marginal, options.Seed + start, needsNoise ? ClassNoise : Noise))],
            cancellation);
        List<EmOutcome> finished = [];
        foreach (EmOutcome promising in begun.OrderByDescending(Objective).Take(Math.Max(2, (count + 3) / 4)))
        {
            if (finished.Count == 0 || !cancellation.IsCancellationRequested)
                finished.Add(full.Run(promising.Point.Parameters));
        }
        EmOutcome best = finished.MaxBy(Objective)!;
        foreach (EmOutcome other in finished.Where(other => !ReferenceEquals(other, best)))
            other.Expectation.Dispose();
        return (best with { EStepCount = begun.Sum(outcome => outcome.EStepCount) + finished.Sum(outcome => outcome.EStepCount) }, Maxima(finished));
    }

    /// <summary>Short runs from all starts: side by side on a backend that gains by it, else one after the other, to the same bits.</summary>
    /// <returns>In the order of the starts; after a cancellation only those begun before, and at least the first.</returns>
    private IReadOnlyList<EmOutcome> RunBriefly(ParameterVector[] starts, CancellationToken cancellation)
    {
        CalibrationOptions briefOptions = options with { MaxCycles = ShortCycles, Tolerance = Math.Max(options.Tolerance, 1e-2) };
        EmOutcome? Run(int start, IComputeBackend on)
        {
            if (start > 0 && cancellation.IsCancellationRequested)
                return null;
            EmOutcome outcome = new EmAlgorithm(plan, on, briefOptions, null, cancellation).Run(starts[start]);
            outcome.Expectation.Dispose(); // where it led and how high is all that counts
            return outcome;
        }

        using IPointBatch? batch = (backend as IBatchedBackend)?.TryOpenBatch(starts.Length);
        EmOutcome?[] outcomes = batch is null
            ? [.. starts.Select((_, start) => Run(start, backend))]
            : LockstepRuns.Run(batch, starts.Length, Run);
        return [.. outcomes.OfType<EmOutcome>()];
    }

    private double Objective(EmOutcome outcome)
    {
        double objective = outcome.Expectation.LogLikelihood + plan.LogPrior(outcome.Point.Parameters);
        return double.IsNaN(objective) ? double.NegativeInfinity : objective;
    }

    private List<StartOutcome> Maxima(List<EmOutcome> finished)
    {
        List<StartOutcome> maxima = [];
        foreach (EmOutcome outcome in finished.OrderByDescending(Objective))
        {
            int same = maxima.FindIndex(known => Math.Abs(known.LogLikelihood - Objective(outcome)) < SameMaximum);
            if (same >= 0)
                maxima[same] = maxima[same] with { Count = maxima[same].Count + 1, IsConverged = maxima[same].IsConverged && outcome.Termination.IsConverged };
            else
                maxima.Add(new StartOutcome(Objective(outcome), 1, outcome.Termination.IsConverged));
        }
        return maxima;
    }
}
