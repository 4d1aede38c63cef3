using System.Runtime.ExceptionServices;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;

namespace IrtGpu.Estimation;

/// <summary>Runs of EM side by side: when every run has asked for something, the requests are served together.</summary>
/// <remarks>
/// Each run has a thread and sees a backend of its own. Questions to expectations go first, so that an E-step, which
/// overwrites the counts on the device, is computed for all runs at once or not at all. A point gets the bits that it gets
/// alone, whichever others it shares a launch with: the results do not depend on the timing of the threads.
/// </remarks>
internal sealed class LockstepRuns
{
    private readonly IPointBatch batch;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim[] wakes; // [worker]
    private readonly Request?[] pending; // [worker]
    private readonly int[] positions; // of the worker's point in the last E-step; −1: none [worker]
    private int activeCount;
    private int pointCount; // of the last E-step

    private LockstepRuns(IPointBatch batch, int workerCount)
    {
        this.batch = batch;
        activeCount = workerCount;
        wakes = [.. Enumerable.Range(0, workerCount).Select(_ => new SemaphoreSlim(0))];
        pending = new Request?[workerCount];
        positions = new int[workerCount];
    }

    /// <summary>Runs tasks, at most as many at once as the batch has room for; the next begins when one ends.</summary>
    /// <param name="batch">Evaluates.</param>
    /// <param name="count">Number of tasks.</param>
    /// <param name="run">A task, given its index and its backend.</param>
    /// <returns>[task]</returns>
    /// <remarks>What a task throws is thrown when the others have ended; of several, that of the first task.</remarks>
    public static T[] Run<T>(IPointBatch batch, int count, Func<int, IComputeBackend, T> run)
    {
        int workerCount = Math.Min(batch.Capacity, count);
        LockstepRuns runs = new(batch, workerCount);
        T[] results = new T[count];
        Exception?[] failures = new Exception?[count];
        int next = -1;
        Thread[] threads = [.. Enumerable.Range(0, workerCount).Select(worker => new Thread(() =>
        {
            for (int task = Interlocked.Increment(ref next); task < count; task = Interlocked.Increment(ref next))
            {
                try
                {
                    results[task] = run(task, new RunBackend(runs, worker));
                }
                catch (Exception exception)
                {
                    failures[task] = exception;
                }
            }
            runs.Leave();
        }) { IsBackground = true, Name = FormattableString.Invariant($"start {worker}") })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        foreach (SemaphoreSlim wake in runs.wakes)
            wake.Dispose();
        if (Array.Find(failures, failure => failure is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
        return results;
    }

    private void Ask(int worker, Request request)
    {
        lock (gate)
        {
            pending[worker] = request;
            ServeWhenAllHaveAsked();
        }
        wakes[worker].Wait();
        request.Failure?.Throw();
    }

    private void Leave()
    {
        lock (gate)
        {
            activeCount--;
            ServeWhenAllHaveAsked();
        }
    }

    private void ServeWhenAllHaveAsked()
    {
        int[] asking = [.. Enumerable.Range(0, pending.Length).Where(worker => pending[worker] is not null)];
        if (asking.Length < activeCount || asking.Length == 0)
            return;
        int[] reducing = [.. asking.Where(worker => pending[worker]!.Evaluation is not null)];
        int[] served = reducing.Length > 0 ? reducing : asking;
        try
        {
            if (reducing.Length > 0)
                Reduce(reducing);
            else
                Evaluate(asking);
        }
        catch (Exception exception)
        {
            ExceptionDispatchInfo failure = ExceptionDispatchInfo.Capture(exception);
            foreach (int worker in served)
                pending[worker]!.Failure = failure;
        }
        foreach (int worker in served)
        {
            pending[worker] = null;
            wakes[worker].Release();
        }
    }

    private void Evaluate(int[] workers)
    {
        Array.Fill(positions, -1);
        pointCount = workers.Length;
        Expectation[] expectations = batch.ComputeExpectations([.. workers.Select(worker => pending[worker]!.Point!)]);
        for (int position = 0; position < workers.Length; position++)
        {
            positions[workers[position]] = position;
            pending[workers[position]]!.Expectation = expectations[position];
        }
    }

    private void Reduce(int[] workers)
    {
        foreach (bool withDerivatives in new[] { true, false })
        {
            int[] alike = [.. workers.Where(worker => pending[worker]!.Evaluation!.WithDerivatives == withDerivatives)];
            if (alike.Length == 0)
                continue;
            ItemEvaluation?[] evaluations = new ItemEvaluation?[pointCount];
            foreach (int worker in alike)
                evaluations[positions[worker]] = pending[worker]!.Evaluation;
            batch.Evaluate(evaluations);
        }
    }

    /// <summary>What a run waits for: an E-step at a point, or an answer.</summary>
    private sealed class Request
    {
        public ModelPoint? Point { get; init; }

        public ItemEvaluation? Evaluation { get; init; }

        public Expectation? Expectation { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }

    /// <summary>The backend as one run sees it.</summary>
    private sealed class RunBackend(LockstepRuns runs, int worker) : IComputeBackend
    {
        public string Description => "one of several runs";

        public Expectation ComputeExpectation(ModelPoint point)
        {
            Request request = new() { Point = point };
            runs.Ask(worker, request);
            return new RunExpectation(runs, worker, request.Expectation!);
        }

        public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
            where TVisitor : IPosteriorVisitor => throw new NotSupportedException("Runs side by side have E-steps and derivatives alone; posteriors are the backend's.");

        public void Dispose()
        {
        }
    }

    /// <summary>What the last E-step of a run found: its questions wait for those of the others.</summary>
    private sealed class RunExpectation : Expectation
    {
        private readonly LockstepRuns runs;
        private readonly int worker;
        private readonly Expectation inner;

        public RunExpectation(LockstepRuns runs, int worker, Expectation inner)
        {
            this.runs = runs;
            this.worker = worker;
            this.inner = inner;
            LogLikelihood = inner.LogLikelihood;
        }

        public override PopulationMoments Population(int block) => inner.Population(block);

        public override double[]? TryNodeTotals(int block) => inner.TryNodeTotals(block);

        public override void Evaluate(ItemEvaluation evaluation) => runs.Ask(worker, new Request { Evaluation = evaluation });

        public override ItemCounts? TryItemCounts(int table, int item, out string? reason) => inner.TryItemCounts(table, item, out reason);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
