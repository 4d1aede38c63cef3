using System.Diagnostics;
using IrtGpu.Bench.Limits;
using IrtGpu.Bench.Output;
using IrtGpu.Bench.Truth;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Items;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Devices;

/// <summary>Every device that is here on the same problems: seconds of a step, launches, bytes moved, memory.</summary>
internal static class DevicesSuite
{
    public const string TwoParameter = "2PL, 1,000,000 × 50";
    public const string FiveCategories = "GRM, 5 categories, 200,000 × 40";
    public const string ManyColumns = "GRM, 5 categories, 100,000 × 100";
    public const string ThreeDimensions = "2PL, 3 dimensions, 50,000 × 45";

    private const int Seed = 7;

    public static void Run(BenchOptions options)
    {
        ResultFile file = new("Devices", options);
        file.Add("Starting values; doubles; tables on every device, and weighted scores on accelerators where all items have them. Opening is what a device costs before its first step: driver, "
            + "kernels, upload. Launches, bytes and copies are of one E-step and of one M-step as the backend counts them; the memory is what its plan foresees. "
            + "The limit is that of the suite `limits`: half the rate of multiply-adds. "
            + EStepPredictions.Source
            + (options.IsQuick ? " **Quick run: a two-thousandth of the persons.**" : ""));
        string[] devices = ["cpu", .. options.IsQuick && options.Accelerators.Count == 0 ? TestDevice() : options.Accelerators];
        foreach (ComputeDevice missing in BenchDevices.All.Where(device => !device.IsAvailable))
            file.Add($"Not here: {missing.Name}. {missing.Reason}");
        LimitTable limits = new(options.IsQuick);
        foreach ((string name, Problem problem) in Problems(options.IsQuick ? 2000 : 1))
        {
            Console.Error.WriteLine($"  {name}");
            MarkdownTable table = new(
                "device", "opening s", "E-step ms", "predicted ms", "pin/s", "of the limit", "M-step ms", "E launches", "E up", "E down", "E copies", "M launches", "M up", "M down", "M copies");
            List<string> memory = [];
            foreach (string device in devices)
            {
                Agreement.Check(problem, device, options.Threads);
                table.Add([device, .. Measure(name, problem, device, EStepForm.Tables, options, limits, memory)]);
                if (device == "cpu" || !problem.Plan.Items.All(item => item.Family.Operations.HasWeightedScore))
                    continue;
                Agreement.Check(problem, device, options.Threads, EStepForm.WeightedScore);
                table.Add([$"{device}, weighted scores", .. Measure(name, problem, device, EStepForm.WeightedScore, options, limits, memory)]);
            }
            file.Add($"## {name}").Add($"{problem.Patterns.PatternCount} patterns, {problem.Plan.RowCount} category rows, {problem.Plan.NodeCount} nodes.").Add(table);
            foreach (string line in memory)
                file.Add(line);
        }
        file.Write(Path.Combine(options.DeviceFolder, "devices.md"));
    }

    // So that a quick run goes through a device's code on any machine that has the package.
    private static IEnumerable<string> TestDevice() =>
        BenchDevices.All.Where(device => device.IsAvailable && device.Name.Kind == "ilgpu-cpu").Select(device => device.Name.ToString());

    private static IEnumerable<(string Name, Problem Problem)> Problems(int scale)
    {
        yield return (TwoParameter, Create(ItemDraws.Test(ItemFunction.TwoParameter, 50), 1_000_000 / scale, 61));
        yield return (FiveCategories, Create(ItemDraws.Test(ItemFunction.Graded, 40, 5), 200_000 / scale, 61));
        yield return (ManyColumns, Create(ItemDraws.Test(ItemFunction.Graded, 100, 5), 100_000 / scale, 61));
        yield return (ThreeDimensions, Create(ItemDraws.Test(ItemFunction.TwoParameter, 45, 2, 3), 50_000 / scale, scale > 1 ? 6 : 20));
    }

    private static Problem Create(TrueItem[] items, int personCount, int nodes)
    {
        int attributeCount = items[0].Slopes.Length;
        TrueModel truth = TrueModel.OfOneBlock(items, TruePopulation.Standard(attributeCount, attributeCount > 1 ? 0.5 : 0), personCount);
        return Problem.Create(truth.Draw(Seed), truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: nodes) });
    }

    private static string[] Measure(string name, Problem problem, string device, EStepForm form, BenchOptions options, LimitTable limits, List<string> memory)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using IComputeBackend backend = BackendCatalog.Create(StepTimer.Compute(device, options.Threads, form), problem.Plan, problem.Patterns);
        double opening = clock.Elapsed.TotalSeconds;
        MStep mStep = new(problem.Plan, iterations: 1, options.Threads);
        int repeats = options.IsQuick ? 2 : 9;
        double eSeconds = StepTimer.Median(() => backend.ComputeExpectation(problem.Point).Dispose(), repeats);
        double mSeconds;
        using (Expectation expectation = backend.ComputeExpectation(problem.Point))
            mSeconds = StepTimer.Median(() => mStep.Maximize(problem.Point, expectation), repeats);
        string[] times =
        [
            MarkdownTable.Number(opening), MarkdownTable.Number(1000 * eSeconds), options.IsQuick ? "–" : EStepPredictions.Show(device, name, form),
            MarkdownTable.Number(problem.Pins / eSeconds),
            MarkdownTable.Number(problem.Pins / eSeconds / limits.PinsPerSecond(device, options.Threads)), MarkdownTable.Number(1000 * mSeconds),
        ];
        if (backend.Capabilities.Report() is not { } start)
            return [.. times, "–", "–", "–", "–", "–", "–", "–", "–"];
        memory.Add($"{device}{(form == EStepForm.WeightedScore ? ", weighted scores" : "")}: {start.Memory}.");
        using Expectation again = backend.ComputeExpectation(problem.Point);
        DeviceTraffic middle = backend.Capabilities.Report()!.Traffic;
        mStep.Maximize(problem.Point, again);
        return [.. times, .. Show(middle - start.Traffic), .. Show(backend.Capabilities.Report()!.Traffic - middle)];
    }

    private static string[] Show(DeviceTraffic traffic) =>
    [
        FormattableString.Invariant($"{traffic.Launches}"), FormattableString.Invariant($"{traffic.BytesUp}"), FormattableString.Invariant($"{traffic.BytesDown}"),
        FormattableString.Invariant($"{traffic.CopiesUp} + {traffic.CopiesDown}"),
    ];
}
