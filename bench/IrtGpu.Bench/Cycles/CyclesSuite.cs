using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Foundation.Estimation;

namespace IrtGpu.Bench.Cycles;

/// <summary>How many E-steps lead to the optimum.</summary>
internal static class CyclesSuite
{
    private const int DefaultReplications = 20;
    private const int PlainReplications = 5; // plain EM takes hundreds of cycles
    private const int LargestCycles = 3000;
    private const double Close = 1e-6;
    private const double OptimumTolerance = 1e-10;
    private const double DefaultTolerance = 1e-4;
    private const double SameMaximum = 1e-4; // of the log-likelihood

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 2 : DefaultReplications;
        ResultFile file = new("E-steps to the optimum", options);
        file.Add(FormattableString.Invariant($"Median [smallest, largest] over {replications} simulated tests and data sets with seeds 1, 2, … (plain EM: the first {PlainCount(replications, options)}); one start each. ")
            + "Counted: E-steps, rejected ones included, until one is evaluated where no free parameter (working scale) is farther than 1e-6 from the optimum. "
            + "The optimum is where the same run ends at tolerance 1e-10; a run that does not end within 3,000 cycles counts as not converged (a latent class too small to hold its slopes). *Log-likelihood*: the same for a log-likelihood within 1e-6 of the optimum's. "
            + "*Default stop*: E-steps of a run at the default tolerance 1e-4, and the largest error of a parameter where it stops (largest over the sets)."
            + (options.IsQuick ? " **Quick run: a tenth of the persons.**" : ""));
        MarkdownTable table = new("model", "goal", "default (parameter expansion, Anderson)", "Anderson alone", "SQUAREM", "plain EM", "log-likelihood, default", "default stop", "its error", "sets");
        foreach (CyclesCase one in CyclesCase.All.Where(one => options.Wants(one.Name)))
        {
            Console.Error.WriteLine($"  {one.Name}");
            table.Add(Row(one, replications, options));
        }
        file.Add(table);
        file.Write(Path.Combine(options.Cases.Count == 0 ? "" : "part", "cycles.md"));
    }

    private static string[] Row(CyclesCase one, int replications, BenchOptions options)
    {
        int share = options.IsQuick ? 10 : 1;
        Count[] Runs(Acceleration acceleration, int count) => [.. Enumerable.Range(1, count).Select(seed => Measure(one, seed, share, acceleration, options.Threads))];
        Count[] automatic = Runs(Acceleration.Auto, replications);
        Count[] anderson = Runs(Acceleration.Anderson, replications);
        Count[] squarem = Runs(Acceleration.Squarem, replications);
        Count[] plain = Runs(Acceleration.None, PlainCount(replications, options));
        int elsewhere = Enumerable.Range(0, replications).Count(k => Math.Abs(automatic[k].Maximum - squarem[k].Maximum) > SameMaximum);
        return
        [
            one.Description, FormattableString.Invariant($"≤ {one.Goal}"), Cell(automatic.Select(run => run.Parameters)), Cell(anderson.Select(run => run.Parameters)),
            Cell(squarem.Select(run => run.Parameters)), Cell(plain.Select(run => run.Parameters)), Cell(automatic.Select(run => run.LogLikelihood)),
            Cell(automatic.Select(run => run.DefaultStop)), MarkdownTable.Number(automatic.Max(run => run.DefaultError)),
            FormattableString.Invariant($"{replications}") + NotConverged(automatic) + (elsewhere == 0 ? "" : FormattableString.Invariant($"; in {elsewhere} SQUAREM ended in another maximum")),
        ];
    }

    private static int PlainCount(int replications, BenchOptions options) => Math.Min(replications, options.IsQuick ? 1 : PlainReplications);

    private static string NotConverged(Count[] runs) => runs.Count(run => double.IsPositiveInfinity(run.Parameters)) is > 0 and int count
        ? FormattableString.Invariant($"; {count} not converged by default") : "";

    private static Count Measure(CyclesCase one, int seed, int share, Acceleration acceleration, int threads)
    {
        (Truth.TrueModel truth, Specification.ModelSpecification specification) = one.Create(seed, share);
        Data.ResponseData data = truth.Draw(seed);
        EStepRecorder recorder = new(threads);
        CalibrationOptions settings = new()
        {
            Device = EStepRecorder.Kind,
            Providers = [recorder],
            Threads = threads,
            Tolerance = OptimumTolerance,
            MaxCycles = LargestCycles,
            Acceleration = acceleration,
            Starts = 1,
            Seed = seed,
            StandardErrors = StandardErrorMethod.None,
            Scores = ScoreMethod.None,
        };
        CalibrationResult optimum = Calibration.Run(data, specification, settings);
        if (!optimum.Termination.IsConverged)
            return new Count(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 0, optimum.LogLikelihood);
        double[] free = Last(recorder.Steps, truth.ClassCount);
        double parameters = StepsUntil(recorder.Steps, step => Distance(step.Free, free) <= Close);
        double logLikelihood = StepsUntil(recorder.Steps, step => Math.Abs(step.LogLikelihood - recorder.Steps[^1].LogLikelihood) <= Close);
        if (acceleration != Acceleration.Auto)
            return new Count(parameters, logLikelihood, double.NaN, double.NaN, optimum.LogLikelihood);

        EStepRecorder brief = new(threads);
        CalibrationResult stopped = Calibration.Run(data, specification, settings with { Tolerance = DefaultTolerance, Providers = [brief] });
        return new Count(parameters, logLikelihood, stopped.EStepCount, Distance(Last(brief.Steps, truth.ClassCount), free), optimum.LogLikelihood);
    }

    private static double StepsUntil(IReadOnlyList<(double[] Free, double LogLikelihood)> steps, Func<(double[] Free, double LogLikelihood), bool> isNear)
    {
        int first = 0;
        while (!isNear(steps[first]))
            first++;
        return first + 1;
    }

    // After the last cycle classes may be relabelled, which takes one E-step more at the same log-likelihood.
    private static double[] Last(IReadOnlyList<(double[] Free, double LogLikelihood)> steps, int classCount) =>
        classCount > 1 && steps.Count > 1 && Distance(steps[^1].Free, steps[^2].Free) > 1e-2 ? steps[^2].Free : steps[^1].Free;

    private static double Distance(double[] left, double[] right)
    {
        double largest = 0;
        for (int k = 0; k < left.Length; k++)
            largest = Math.Max(largest, Math.Abs(left[k] - right[k]));
        return largest;
    }

    private static string Cell(IEnumerable<double> counts)
    {
        double[] sorted = [.. counts.Order()];
        string Show(double count) => double.IsPositiveInfinity(count) ? "not converged" : MarkdownTable.Number(count, "0.#");
        return $"{Show(StepTimer.Median(sorted))} [{Show(sorted[0])}, {Show(sorted[^1])}]";
    }

    /// <summary>E-steps of one run.</summary>
    private sealed record Count(double Parameters, double LogLikelihood, double DefaultStop, double DefaultError, double Maximum);
}
