using System.Diagnostics;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Whole;

/// <summary>Median seconds of one step, after a warm-up.</summary>
internal static class StepTimer
{
    private const double WarmUpSeconds = 0.3; // the runtime recompiles hot code some 0.1 s after its thirtieth call

    /// <summary>Repeats an action until there are enough repeats, or enough time is spent.</summary>
    /// <param name="action">What to time.</param>
    /// <param name="repeats">Repeats wanted; up to two are a smoke test, warmed up by one call only.</param>
    /// <param name="secondsAllowed">Warm-up included: no further repeat is begun after this long; at least one is made.</param>
    public static double Median(Action action, int repeats = 7, double secondsAllowed = 10)
    {
        Stopwatch whole = Stopwatch.StartNew();
        do
        {
            action();
        }
        while (repeats > 2 && whole.Elapsed.TotalSeconds < Math.Min(WarmUpSeconds, secondsAllowed / 4));
        List<double> seconds = [];
        while (seconds.Count == 0 || (seconds.Count < repeats && whole.Elapsed.TotalSeconds < secondsAllowed))
        {
            Stopwatch one = Stopwatch.StartNew();
            action();
            seconds.Add(one.Elapsed.TotalSeconds);
        }
        return Median(seconds);
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Options for a backend alone; every accelerator of this machine can be named.</summary>
    public static CalibrationOptions Compute(string device, int threads, EStepForm form = EStepForm.Tables) =>
        new() { Device = device, Threads = threads, EStep = form, Providers = [BenchDevices.Provider] };

    public static double EStep(Problem problem, string device, int threads, int repeats = 7)
    {
        using IComputeBackend backend = BackendCatalog.Create(Compute(device, threads, problem.Plan.Integration.HasSharedNodes ? EStepForm.Tables : EStepForm.OfMethod), problem.Plan, problem.Patterns);
        return Median(() => backend.ComputeExpectation(problem.Point).Dispose(), repeats);
    }

    public static double MStep(Problem problem, string device, int threads, int repeats = 7)
    {
        using IComputeBackend backend = BackendCatalog.Create(Compute(device, threads), problem.Plan, problem.Patterns);
        using Expectation counts = backend.ComputeExpectation(problem.Point);
        MStep mStep = new(problem.Plan, iterations: 1, threads);
        return Median(() => mStep.Maximize(problem.Point, counts), repeats);
    }
}
