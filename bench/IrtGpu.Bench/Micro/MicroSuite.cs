using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using IrtGpu.Bench.Limits;
using IrtGpu.Bench.Output;
using Perfolizer.Horology;

namespace IrtGpu.Bench.Micro;

/// <summary>Runs the BenchmarkDotNet classes in this process and writes their figures as tables.</summary>
internal static class MicroSuite
{
    /// <summary>Classes, and whether an E-step is all or part of what they time: only then has it a rate in pin/s.</summary>
    private static readonly (Type Type, string Heading, bool HasESteps)[] Classes =
    [
        (typeof(ItemTableBenchmarks), "Item tables", false),
        (typeof(EStepBenchmarks), "E-step", true),
        (typeof(MStepBenchmarks), "M-step", false),
        (typeof(CycleBenchmarks), "Cycle", true),
        (typeof(CalibrationBenchmarks), "Whole calibration", true),
        (typeof(DataBenchmarks), "Reading and compressing", false),
    ];

    public static void Run(BenchOptions options)
    {
        MicroSession.Current = new MicroSession(options);
        LimitTable limits = new(options.IsQuick);
        ResultFile file = new("Steps of a calibration", options);
        file.Add("BenchmarkDotNet in this process, one warm-up and five iterations of 0.1 s or one invocation. 40 items, 61 nodes (21² in two dimensions), gpcm and grm with 5 categories; "
            + "data: 100,000 persons × 50 items. Starting values, doubles. Tables and expected counts were compared with the reference's before timing. "
            + "A pin is one (pattern, item, node, class) carried through both halves of an E-step; the last column is its rate over the limit that the suite `limits` explains, "
            + "for the threads or the device of the row. *Responses uploaded*: every E-step takes them from the host; else they stay on the device. "
            + "A whole calibration includes opening the device, compiling kernels and uploading; its rate is over all its E-steps."
            + (options.IsQuick ? " **Quick run: one cold invocation of small sizes; the times mean nothing.**" : ""));
        foreach ((Type type, string heading, bool hasESteps) in Classes)
        {
            Console.Error.WriteLine($"  {type.Name}");
            Summary summary = BenchmarkRunner.Run(type, Config(options));
            if (summary.HasCriticalValidationErrors)
                throw new InvalidOperationException($"{type.Name} did not run: {string.Join("; ", summary.ValidationErrors.Select(error => error.Message))}");
            if (summary.Reports.IsEmpty)
                continue; // --case left none
            MarkdownTable table = hasESteps
                ? new("model, backend", "persons", "median", "standard deviation", "repeats", "pin/s", "of the limit")
                : new("model, backend", "median", "standard deviation", "repeats");
            foreach (BenchmarkReport report in summary.Reports)
                table.Add(Row(report, hasESteps ? limits : null));
            file.Add($"## {heading}").Add(table);
        }
        file.Write(Path.Combine(options.DeviceFolder, "micro.md"));
    }

    private static ManualConfig Config(BenchOptions options)
    {
        Job job = options.IsQuick
            ? Job.Dry
            : Job.Default.WithWarmupCount(1).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(100)).WithMinInvokeCount(1).WithUnrollFactor(1).WithEvaluateOverhead(false);
        return ManualConfig.CreateEmpty().AddJob(job.WithToolchain(InProcessEmitToolchain.DontLogOutput)).AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "irtgpu-bench-artifacts")).WithOptions(ConfigOptions.DisableLogFile);
    }

    private static string[] Row(BenchmarkReport report, LimitTable? limits)
    {
        BenchmarkCase benchmark = report.BenchmarkCase;
        string name = string.Join(", ", benchmark.Parameters.Items.Select(item => item.Name == "Threads" ? $"{benchmark.Descriptor.WorkloadMethod.Name}, {item.Value} threads" : $"{item.Value}"));
        if (report.ResultStatistics is not { } statistics)
            throw new InvalidOperationException($"{benchmark.Descriptor.Type.Name} ({name}) failed: its own check refused it, or it threw.");
        string[] times = [Time(statistics.Median), Time(statistics.StandardDeviation), FormattableString.Invariant($"{statistics.N}")];
        if (limits is null)
            return [name, .. times];
        MicroCase one = (MicroCase)benchmark.Parameters.Items[0].Value;
        MicroSession session = MicroSession.Current;
        double pins = session.Problem(one).Pins * session.ESteps(one, benchmark.Descriptor.Type == typeof(CalibrationBenchmarks));
        double rate = pins / (statistics.Median / 1e9);
        return
        [
            name, FormattableString.Invariant($"{session.PersonCount(one.Target)}"), .. times,
            MarkdownTable.Number(rate), MarkdownTable.Number(rate / limits.PinsPerSecond(one.Target.Device, one.Target.Threads)),
        ];
    }

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        _ when !double.IsFinite(nanoseconds) => "–",
        < 1e3 => MarkdownTable.Number(nanoseconds) + " ns",
        < 1e6 => MarkdownTable.Number(nanoseconds / 1e3) + " µs",
        < 1e9 => MarkdownTable.Number(nanoseconds / 1e6) + " ms",
        _ => MarkdownTable.Number(nanoseconds / 1e9) + " s",
    };
}
