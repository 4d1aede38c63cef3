using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Data;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Dimensions;

/// <summary>Integration about persons' modes: whole calibrations by adaptive quadrature and quasi-Monte-Carlo, and how an E-step grows.</summary>
internal static class AdaptiveSuite
{
    private const int ItemsEach = 8;

    public static void Run(BenchOptions options)
    {
        int scale = options.IsQuick ? 20 : 1;
        ResultFile file = new("Integration about each person's own mode", options);
        file.Add($"2PL, items of one attribute each, attributes correlated .3, free; {options.Threads} threads. Whole calibrations to the default tolerance, from data in memory; "
            + "then E-steps at starting values, one factor varied at a time. The stated error is that of the log-likelihood by integration."
            + (options.IsQuick ? " **Quick run: a twentieth of the persons.**" : ""));
        SimpleStructure five = new(5, 50);
        Calibrate(five, 200, IntegrationMethod.Adaptive, new CalibrationOptions { Threads = options.Threads }); // compiles
        MarkdownTable whole = new("persons × items", "attributes", "standard errors, scores", "cycles", "E-steps", "estimate s", "errors s", "scores s", "all s", "processor s", "log L");
        foreach (bool hasAll in new[] { false, true })
        {
            CalibrationOptions calibration = new() { Threads = options.Threads };
            AddWhole(whole, five, 10_000 / scale, hasAll, hasAll ? calibration : calibration with { StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None });
        }
        file.Add(whole);
        MarkdownTable methods = new("attributes", "items", "method", "nodes", "cycles", "estimate s", "processor s", "stated error", "a person", "log L");
        foreach (int attributes in options.IsQuick ? [2, 4] : (int[])[2, 3, 4, 5, 6, 8, 10])
            Compare(methods, new SimpleStructure(attributes, attributes * ItemsEach), 4000 / scale, options.Threads);
        file.Add(methods);
        MarkdownTable steps = new("varied", "persons", "items", "attributes", "nodes", "E-step ms", "ns a person, item and node");
        Vary(steps, options, "persons", [(5000 / scale, five), (10_000 / scale, five), (20_000 / scale, five)]);
        Vary(steps, options, "items", [(10_000 / scale, new SimpleStructure(5, 25)), (10_000 / scale, five), (10_000 / scale, new SimpleStructure(5, 100))]);
        Vary(steps, options, "attributes", [(10_000 / scale, new SimpleStructure(3, 48)), (10_000 / scale, new SimpleStructure(6, 48)), (10_000 / scale, new SimpleStructure(12, 48))]);
        file.Add(steps);
        file.Write(Path.Combine(options.DeviceFolder, "adaptive.md"));
    }

    private static (CalibrationResult Fit, double Processor) Calibrate(SimpleStructure design, int persons, IntegrationMethod method, CalibrationOptions options)
    {
        using ResponseData data = design.Draw(persons, 1);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        CalibrationResult fit = Calibration.Run(data, design.Confirmatory with { Integration = method }, options);
        return (fit, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static void AddWhole(MarkdownTable table, SimpleStructure design, int persons, bool hasAll, CalibrationOptions options)
    {
        Console.Error.WriteLine($"  whole calibration{(hasAll ? " with standard errors and scores" : "")}");
        (CalibrationResult fit, double processor) = Calibrate(design, persons, IntegrationMethod.Adaptive, options);
        table.Add(
            FormattableString.Invariant($"{persons} × {design.Items}"), FormattableString.Invariant($"{design.Attributes}"), hasAll ? "both" : "none",
            FormattableString.Invariant($"{fit.History.Count}"), FormattableString.Invariant($"{fit.EStepCount}"), MarkdownTable.Number(fit.Seconds.Estimate),
            MarkdownTable.Number(fit.Seconds.StandardErrors), MarkdownTable.Number(fit.Seconds.Score), MarkdownTable.Number(fit.Seconds.Total), MarkdownTable.Number(processor),
            FormattableString.Invariant($"{fit.LogLikelihood:f2}"));
    }

    private static void Compare(MarkdownTable table, SimpleStructure design, int persons, int threads)
    {
        CalibrationOptions options = new() { Threads = threads, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None };
        foreach (IntegrationMethod method in new[] { IntegrationMethod.Adaptive, IntegrationMethod.Qmc })
        {
            Console.Error.WriteLine(FormattableString.Invariant($"  {design.Attributes} dimensions, {method.Name()}"));
            (CalibrationResult fit, double processor) = Calibrate(design, persons, method, options);
            table.Add(
                FormattableString.Invariant($"{design.Attributes}"), FormattableString.Invariant($"{persons} × {design.Items}"), method.Name(),
                FormattableString.Invariant($"{fit.Plan.Integration.PersonRule!.NodeCount}"), FormattableString.Invariant($"{fit.History.Count}"),
                MarkdownTable.Number(fit.Seconds.Estimate), MarkdownTable.Number(processor), MarkdownTable.Number(fit.IntegrationError!.Error, "g2"),
                MarkdownTable.Number(fit.IntegrationError.Error / persons, "g2"), FormattableString.Invariant($"{fit.LogLikelihood:f2}"));
        }
    }

    private static void Vary(MarkdownTable table, BenchOptions options, string factor, (int Persons, SimpleStructure Design)[] designs)
    {
        Console.Error.WriteLine($"  {factor}");
        foreach ((int persons, SimpleStructure design) in designs)
        {
            using ResponseData data = design.Draw(persons, 1);
            Problem problem = Problem.Create(data, design.Confirmatory with { Integration = IntegrationMethod.Adaptive });
            double seconds = StepTimer.EStep(problem, "cpu", options.Threads, options.IsQuick ? 2 : 9);
            int nodes = problem.Plan.Integration.PersonRule!.NodeCount;
            table.Add(
                factor, FormattableString.Invariant($"{persons}"), FormattableString.Invariant($"{design.Items}"), FormattableString.Invariant($"{design.Attributes}"),
                FormattableString.Invariant($"{nodes}"), MarkdownTable.Number(1000 * seconds), MarkdownTable.Number(1e9 * seconds / persons / design.Items / nodes, "g2"));
        }
    }
}
