using IrtGpu.Bench.Limits;
using IrtGpu.Bench.Output;
using IrtGpu.Data;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Whole;

/// <summary>Times whole calibrations of simulated data, and their steps.</summary>
internal static class CalibrationSuite
{
    private const double LargestReferencePins = 5e7; // the plain loops take about a second for these
    private const int Seed = 20_190_035;

    public static void Run(BenchOptions options)
    {
        ResultFile file = new("Whole calibrations", options);
        MarkdownTable whole = new("model, persons × items", "nodes × classes", "free parameters", "plan s", "EM s", "scores s", "total s", "cycles", "E-steps", "log-likelihood", "gradient norm", "peak MiB");
        MarkdownTable steps = new("model, persons × items", "E-step ms", "M-step ms", "pin/s", "of the limit", "pin/s, 1 thread", "reference pin/s", "ratio, 1 thread", "difference from reference");
        LimitTable limits = new(options.IsQuick);
        BenchCase[] cases = [.. BenchCase.All(options.IsQuick).Where(one => one.IsInQuick || !options.IsQuick).Where(one => options.Wants(one.Name))];
        if (options.IsQuick && options.IsTestDevice)
            cases = cases[..Math.Min(1, cases.Length)];
        else
            WarmUp(options);
        foreach (BenchCase one in cases)
        {
            Console.Error.WriteLine($"  {one.Name}");
            Measure(one, options, limits, whole, steps);
        }
        file.Add("Simulated responses in memory; default tolerance and acceleration; no standard errors; EAP scores. "
            + "Total = compress and plan + EM + scores, median of three runs (one run above 20 s). Peak: largest resident memory during the runs, data and runtime included."
            + (options.IsQuick ? " **Quick run: a twentieth of the persons named.**" : ""));
        file.Add($"Device {options.Device}, {options.Threads} threads.").Add(whole);
        file.Add("One E-step through tables and one M-step at the estimates, medians of up to seven. A pin is one (pattern, item, node, class) carried through both halves of an E-step; the limit is that of the suite `limits`, half the rate of multiply-adds. "
            + "The reference is the plain loops (one thread), on every n-th person where all would take long; ratio: pin/s on one thread over the reference's in the same run, on the same persons. "
            + "Before timing, log-likelihood and all expected counts were compared with the reference's: the last column is the largest relative difference.").Add(steps);
        if (cases.Length > 0 && !options.IsTestDevice)
            file.Add(CheckTruth(cases[0], options));
        file.Write(Path.Combine(options.DeviceFolder, "calibration.md"));
    }

    private static void WarmUp(BenchOptions options)
    {
        foreach (BenchCase one in BenchCase.All(isQuick: true).Where(one => one.IsInQuick))
        {
            CalibrationOptions brief = Options(options) with { MaxCycles = 3, Starts = 1 };
            Calibration.Run(one.Truth.Draw(Seed), one.Specification, brief);
        }
    }

    private static CalibrationOptions Options(BenchOptions options) => StepTimer.Compute(options.Device, options.Threads, EStepForm.Auto) with
    {
        MaxCycles = 2000,
        StandardErrors = StandardErrorMethod.None,
    };

    private static void Measure(BenchCase one, BenchOptions options, LimitTable limits, MarkdownTable whole, MarkdownTable steps)
    {
        ResponseData data = one.Truth.Draw(Seed);
        Problem problem = Problem.Create(data, one.Specification);
        double difference = Agreement.Check(problem, options.Device, options.Threads);

        bool hasMark = PeakMemory.TryReset();
        List<CalibrationResult> runs = [];
        do
        {
            runs.Add(Calibration.Run(data, one.Specification, Options(options)));
        }
        while (runs.Count < 3 && runs[0].Seconds.Total < 20 && !options.IsQuick);
        double peak = PeakMemory.PeakMebibytes();
        CalibrationResult result = runs.OrderBy(run => run.Seconds.Total).ElementAt(runs.Count / 2);

        whole.Add(
            one.Name, FormattableString.Invariant($"{result.Plan.NodeCount} × {result.Plan.ClassCount}"), FormattableString.Invariant($"{result.FreeParameterCount}"),
            MarkdownTable.Number(result.Seconds.Plan), MarkdownTable.Number(result.Seconds.Estimate), MarkdownTable.Number(result.Seconds.Score),
            MarkdownTable.Number(result.Seconds.Total),
            FormattableString.Invariant($"{result.History.Count}{(result.Termination.IsConverged ? "" : " (not converged)")}"),
            FormattableString.Invariant($"{result.EStepCount}"), MarkdownTable.Number(result.LogLikelihood, "f4"), MarkdownTable.Number(result.GradientNorm),
            MarkdownTable.Number(peak, "f0") + (hasMark ? "" : " (since start)"));

        int repeats = options.IsQuick ? 2 : 7;
        Problem solved = problem.At(result.Point.Parameters);
        double eStep = StepTimer.EStep(solved, options.Device, options.Threads, repeats);
        double mStep = StepTimer.MStep(solved, options.Device, options.Threads, repeats);
        Problem part = solved.Thinned(LargestReferencePins);
        double oneThread = StepTimer.EStep(part, options.Device, threads: 1, repeats);
        double reference = StepTimer.EStep(part, "reference", threads: 1, repeats: options.IsQuick ? 1 : 3);
        steps.Add(
            one.Name, MarkdownTable.Number(1000 * eStep), MarkdownTable.Number(1000 * mStep), MarkdownTable.Number(solved.Pins / eStep),
            MarkdownTable.Number(solved.Pins / eStep / limits.PinsPerSecond(options.Device, options.Threads)), MarkdownTable.Number(part.Pins / oneThread), MarkdownTable.Number(part.Pins / reference), MarkdownTable.Number(reference / oneThread),
            MarkdownTable.Number(difference, "0.0e0"));
    }

    private static string CheckTruth(BenchCase one, BenchOptions options)
    {
        CalibrationResult result = Calibration.Run(one.Truth.Draw(Seed), one.Specification, Options(options) with { StandardErrors = StandardErrorMethod.Oakes });
        (double meanSquare, int count) = TruthCheck.StandardizedErrors(result, one.Truth);
        double bound = 4 * Math.Sqrt(2.0 / count);
        if (!(Math.Abs(meanSquare - 1) < bound))
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The estimates of '{one.Name}' miss the truth: mean squared standardised error {meanSquare:f3} over {count} parameters, expected 1 ± {bound:f2}."));
        }
        return FormattableString.Invariant(
            $"Recovery in the first case: mean of ((estimate − truth)/SE)² over {count} slopes and intercepts is {meanSquare:f3} (expected 1, standard error about {bound / 4:f2}; Oakes SEs, {result.Seconds.StandardErrors:f3} s).");
    }
}
