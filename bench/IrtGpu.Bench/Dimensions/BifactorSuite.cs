using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Data;

namespace IrtGpu.Bench.Dimensions;

/// <summary>Bifactor models in the reduced form: whole calibrations, and how an E-step grows.</summary>
internal static class BifactorSuite
{
    public static void Run(BenchOptions options)
    {
        int scale = options.IsQuick ? 20 : 1;
        BifactorDesign usual = new(20_000 / scale);
        ResultFile file = new("Bifactor models, attributes summed out one after the other", options);
        file.Add($"2PL, nodes from -6 to 6; {options.Threads} threads. Whole calibrations to the default tolerance, from data in memory, median of three in one process after one; "
            + "then E-steps at starting values, one factor varied at a time. Errors of slopes are those of the estimates against the values that the data were drawn from."
            + (options.IsQuick ? " **Quick run: a twentieth of the persons.**" : ""));
        file.Add(Whole(options, usual));
        MarkdownTable steps = new("varied", "persons", "items", "attributes", "nodes", "E-step ms");
        Vary(steps, options, "persons", [usual with { Persons = usual.Persons / 2 }, usual, usual with { Persons = usual.Persons * 2 }]);
        Vary(steps, options, "items", [usual with { Items = 25 }, usual, usual with { Items = 100 }]);
        Vary(steps, options, "attributes, ten items each", [usual with { Specifics = 2, Items = 20 }, usual, usual with { Specifics = 10, Items = 100 }]);
        Vary(steps, options, "nodes", [usual with { Nodes = 15 }, usual, usual with { Nodes = 61 }]);
        file.Add(steps);
        file.Write(Path.Combine(options.DeviceFolder, "bifactor.md"));
    }

    private static MarkdownTable Whole(BenchOptions options, BifactorDesign design)
    {
        Console.Error.WriteLine("  whole calibrations");
        using ResponseData data = design.Draw();
        CalibrationOptions calibration = new() { StandardErrors = StandardErrorMethod.None, Threads = options.Threads };
        CalibrationResult fit = Calibration.Run(data, design.Specification, calibration);
        List<(double Seconds, double Processor)> runs = [];
        for (int repeat = 0; repeat < (options.IsQuick ? 1 : 3); repeat++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            fit = Calibration.Run(data, design.Specification, calibration);
            runs.Add((fit.Seconds.Total, (Environment.CpuUsage.TotalTime - before).TotalSeconds));
        }
        double error = Enumerable.Range(0, design.Items).Select(item => fit.Plan.ParameterSets[item]).Average(set =>
            Math.Abs(fit.Point.Parameters.Slots[set.FirstSlot] - BifactorDesign.General(set.Item)) / 2
            + Math.Abs(fit.Point.Parameters.Slots[set.FirstSlot + 1] - BifactorDesign.Specific(set.Item)) / 2);
        MarkdownTable table = new("persons × items", "attributes", "nodes", "cycles", "E-steps", "estimate s", "score s", "all s", "processor s", "mean error of slopes", "log L");
        table.Add(
            FormattableString.Invariant($"{design.Persons} × {design.Items}"), FormattableString.Invariant($"1 + {design.Specifics}"), FormattableString.Invariant($"{design.Nodes}"),
            FormattableString.Invariant($"{fit.History.Count}"), FormattableString.Invariant($"{fit.EStepCount}"), MarkdownTable.Number(fit.Seconds.Estimate), MarkdownTable.Number(fit.Seconds.Score),
            MarkdownTable.Number(StepTimer.Median(runs.Select(run => run.Seconds))), MarkdownTable.Number(StepTimer.Median(runs.Select(run => run.Processor))), MarkdownTable.Number(error),
            FormattableString.Invariant($"{fit.LogLikelihood:f3}"));
        return table;
    }

    private static void Vary(MarkdownTable table, BenchOptions options, string factor, BifactorDesign[] designs)
    {
        Console.Error.WriteLine($"  {factor}");
        foreach (BifactorDesign design in designs)
        {
            using ResponseData data = design.Draw();
            double seconds = StepTimer.EStep(Problem.Create(data, design.Specification), "cpu", options.Threads, options.IsQuick ? 2 : 9);
            table.Add(
                factor, FormattableString.Invariant($"{design.Persons}"), FormattableString.Invariant($"{design.Items}"), FormattableString.Invariant($"1 + {design.Specifics}"),
                FormattableString.Invariant($"{design.Nodes}"), MarkdownTable.Number(1000 * seconds));
        }
    }
}
