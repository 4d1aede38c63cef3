using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using IrtGpu.Bench.Output;

namespace IrtGpu.Bench.Micro;

/// <summary>Runs the BenchmarkDotNet classes in this process and writes their figures as one table.</summary>
internal static class MicroSuite
{
    private static readonly Type[] Classes =
        [typeof(ItemTableBenchmarks), typeof(EStepBenchmarks), typeof(ReferenceEStepBenchmarks), typeof(MStepBenchmarks), typeof(DataBenchmarks)];

    public static void Run(BenchOptions options)
    {
        Environment.SetEnvironmentVariable(MicroProblems.QuickVariable, options.IsQuick ? "1" : null);
        Job job = (options.IsQuick ? Job.Dry : Job.Default.WithWarmupCount(2).WithIterationCount(7)).WithToolchain(InProcessEmitToolchain.DontLogOutput);
        string artifacts = Path.Combine(Path.GetTempPath(), "irtgpu-bench-artifacts");
        IConfig config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).WithArtifactsPath(artifacts)
            .WithOptions(ConfigOptions.DisableLogFile);

        ResultFile file = new("Steps of a calibration", options);
        MarkdownTable table = new("benchmark", "mean", "standard deviation", "repeats");
        foreach (Type type in Classes)
        {
            Console.Error.WriteLine($"  {type.Name}");
            Summary summary = BenchmarkRunner.Run(type, config);
            if (summary.HasCriticalValidationErrors || summary.Reports.IsEmpty)
                throw new InvalidOperationException($"{type.Name} did not run: {string.Join("; ", summary.ValidationErrors.Select(error => error.Message))}");
            foreach (BenchmarkReport report in summary.Reports)
                table.Add(Row(report));
        }
        file.Add("BenchmarkDotNet in this process, two warm-ups and seven iterations of many invocations. 40 items, 5,000 persons, 61 nodes (21² in two dimensions); "
            + "gpcm and grm have 5 categories; data: 100,000 persons × 50 items. E-steps were compared with the reference's before timing."
            + (options.IsQuick ? " **Quick run: one cold invocation of small sizes; the times mean nothing.**" : "")).Add(table);
        file.Write(Path.Combine(options.DeviceFolder, "micro.md"));
    }

    private static string[] Row(BenchmarkReport report)
    {
        BenchmarkCase benchmark = report.BenchmarkCase;
        string parameters = string.Join(", ", benchmark.Parameters.Items.Select(item => item.Name == "Threads" ? $"{item.Value} threads" : $"{item.Value}"));
        string name = $"{benchmark.Descriptor.Type.Name.Replace("Benchmarks", "", StringComparison.Ordinal)}.{benchmark.Descriptor.WorkloadMethod.Name} ({parameters})";
        if (report.ResultStatistics is not { } statistics)
            throw new InvalidOperationException($"{name} failed: its own check refused it, or it threw.");
        return [name, Time(statistics.Mean), Time(statistics.StandardDeviation), FormattableString.Invariant($"{statistics.N}")];
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
