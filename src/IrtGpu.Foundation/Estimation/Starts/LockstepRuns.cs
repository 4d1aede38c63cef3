using IrtGpu.Foundation.Progress;

namespace IrtGpu.Foundation.Estimation.Starts;

/// <summary>Runs of EM stepped side by side: the E-steps of all are made at once, then the EM steps of those that want one.</summary>
internal static class LockstepRuns
{
    /// <summary>Runs from every start, at most as many at once as the batch has room for; the next begins when one ends.</summary>
    /// <param name="batch">Evaluates.</param>
    /// <param name="problem">The model.</param>
    /// <param name="starts">Where to begin. [start][parameter]</param>
    /// <param name="options">Acceleration and stop rules.</param>
    /// <param name="search">Hears how many runs are done.</param>
    /// <param name="cancellation">Ends the runs after the running cycle.</param>
    /// <returns>
    /// Outcomes with the bits of <see cref="EmAlgorithm{TExpectation}.Run(double[])"/>, expectations disposed of, in the order of the
    /// starts; after a cancellation only those begun before, and at least the first.
    /// </returns>
    public static IReadOnlyList<EmOutcome<TExpectation>> Run<TExpectation>(
        IEmBatch<TExpectation> batch, IEmProblem<TExpectation> problem, IReadOnlyList<double[]> starts, EmOptions options,
        IProgress<WorkProgress>? search, CancellationToken cancellation)
        where TExpectation : class, IExpectation
    {
        EmAlgorithm<TExpectation> algorithm = new(problem, options, null, cancellation);
        EmOutcome<TExpectation>?[] outcomes = new EmOutcome<TExpectation>?[starts.Count];
        List<(int Start, EmState State)> active = [];
        int next = 0;
        while (true)
        {
            for (; active.Count < batch.Capacity && next < starts.Count && (next == 0 || !cancellation.IsCancellationRequested); next++)
                active.Add((next, new EmState(problem, options, starts[next])));
            if (active.Count == 0)
                return [.. outcomes.OfType<EmOutcome<TExpectation>>()];

            TExpectation?[] expectations = batch.TryExpect([.. active.Select(run => run.State.Parameters)]);
            TExpectation?[] wanted = [.. expectations.Select((expectation, k) => active[k].State.Receive(expectation) ? expectation : null)];
            if (wanted.Any(expectation => expectation is not null))
            {
                EmStep?[] steps = batch.Maximize(wanted, [.. active.Select(run => run.State.IsExpanding)]);
                for (int k = 0; k < steps.Length; k++)
                {
                    if (steps[k] is { } step)
                        active[k].State.Advance(step);
                }
            }
            for (int k = 0; k < expectations.Length; k++)
            {
                outcomes[active[k].Start] = algorithm.Conclude(active[k].State, expectations[k]);
                expectations[k]?.Dispose();
            }
            if (active.RemoveAll(run => outcomes[run.Start] is not null) > 0)
                search?.Report(StartSearch<TExpectation>.ShortRuns(next - active.Count, starts.Count));
        }
    }
}
