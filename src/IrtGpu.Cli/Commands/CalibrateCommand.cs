using System.CommandLine;
using System.Diagnostics;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Fit;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reporting.Documents;
using IrtGpu.Saved;
using IrtGpu.Saved.Anchors;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu calibrate</c>: estimates the model and writes the tables.</summary>
internal sealed class CalibrateCommand
{
    private readonly string[] arguments;
    private readonly Argument<string> data = new("DATA") { Description = "Table of responses: CSV with a header; comma, tab or semicolon; .gz is read directly." };
    private readonly DataOptions dataOptions = new();
    private readonly ModelOptions modelOptions = new();
    private readonly EstimationOptions estimationOptions = new();
    private readonly ComputeOptions computeOptions = new();
    private readonly DrawOptions drawOptions = new();
    private readonly Option<string> output = new("--out") { HelpName = "DIR", Description = "Folder for the results.", Required = true };
    private readonly Option<string> fitStatistics = new("--fit-statistics") { HelpName = "all|none|LIST", Description = $"Statistics of fit, written beside the results (default: none): {FitStatisticsOption.Names}; as 'irtgpu fit' has them.", DefaultValueFactory = _ => "none" };
    private readonly ReportOption reportOption = new();
    private readonly Option<bool> quiet = new("--quiet") { Description = "No report and no progress; errors and warnings only." };
    private readonly Option<bool> json = new("--json") { Description = "Write the summary as JSON to standard output, in place of the report." };

    private CalibrateCommand(string[] arguments) => this.arguments = arguments;

    public static Command Create(string[] arguments)
    {
        CalibrateCommand calibrate = new(arguments);
        Command command = new("calibrate",
            """
            Estimate a model from a table of responses and write the results to a folder.

            Examples:
              irtgpu calibrate answers.csv --out results
              irtgpu calibrate answers.csv.gz --id pupil --group country --model 3pl --prior '*:g:beta(5,17)' --out results
              irtgpu calibrate answers.csv --model 'q01-q20=2pl;essay*=grm' --q-matrix q.csv --out results
            """) { calibrate.data };
        calibrate.dataOptions.AddTo(command, withItems: true);
        calibrate.modelOptions.AddTo(command);
        calibrate.estimationOptions.AddTo(command);
        calibrate.drawOptions.AddTo(command);
        calibrate.computeOptions.AddTo(command);
        calibrate.computeOptions.AddEStepTo(command);
        command.Options.Add(calibrate.fitStatistics);
        command.Options.Add(calibrate.output);
        calibrate.reportOption.AddTo(command);
        command.Options.Add(calibrate.quiet);
        command.Options.Add(calibrate.json);
        command.SetAction((parsed, cancellation) => Task.FromResult(calibrate.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        bool isQuiet = parsed.GetValue(quiet);
        SpecificationFile file = modelOptions.ReadFile(parsed);
        ModelSpecification specification = modelOptions.Read(parsed, file);
        CalibrationOptions options = estimationOptions.Read(parsed) with
        {
            Sampler = drawOptions.Read(parsed),
            IsPriorOnly = drawOptions.IsPriorOnly(parsed),
            Threads = computeOptions.Threads(parsed),
            Device = computeOptions.Device(parsed),
            EStep = computeOptions.EStep(parsed),
            Providers = [computeOptions.Accelerators],
        };
        IReadOnlySet<FitStatistic> statistics = FitStatisticsOption.Parse("--fit-statistics", parsed.GetValue(fitStatistics)!);
        bool wantsPage = reportOption.IsWanted(parsed);
        OutputFolder folder = OutputFolder.Prepare(parsed.GetValue(output)!);
        using Interrupts interrupts = new(outer);
        using IDisposable device = DevicePreparation.Begin(options, specification, parsed.GetValue(data)!);

        using ProgressDisplay progress = ProgressDisplay.OfConsole(isQuiet);
        Stopwatch clock = Stopwatch.StartNew();
        AnchorFile? anchors = modelOptions.AnchorsPath(parsed, file) is { } anchorsPath ? AnchorFile.Read(anchorsPath) : null;
        ResponseReaderOptions readerOptions = dataOptions.Read(parsed, file.Data);
        using ResponseData responses = ResponseReader.Read(parsed.GetValue(data)!, anchors?.ReaderOptions(readerOptions) ?? readerOptions, progress, interrupts.Token);
        double readSeconds = clock.Elapsed.TotalSeconds;
        List<string> warnings = [];
        if (anchors?.Apply(specification, responses.ItemNames, responses.CategoryCodes, responses.GroupNames) is { } anchored)
        {
            specification = anchored.Specification;
            warnings.AddRange(anchored.Warnings);
        }

        string[] ofData = [.. warnings, .. responses.Warnings.Select(warning => warning.ToString())];
        Warn(progress, ofData); // before the model is refused, which may come of what the data have
        progress.Report("patterns and plan");
        CalibrationProblem problem = CalibrationProblem.Create(responses, specification);
        Warn(progress, problem.Warnings.Except(ofData)); // before the work, which some of them may spare

        progress.Expect(new CycleGoal(options.Tolerance, options.MaxCycles));
        CalibrationResult result = Calibration.Run(problem, options, progress, progress, progress, interrupts.Token);
        FitReport? report = statistics.Count == 0 ? null
            : FitEvaluation.Run(FitSource.Of(result, interrupts.Token), new FitOptions { Statistics = statistics, Threads = options.Threads, Seed = options.Seed }, progress, interrupts.Token);
        progress.Report("writing the tables");
        result = result with { Seconds = result.Seconds with { Read = readSeconds }, Warnings = [.. warnings, .. result.Warnings] };

        using Process process = Process.GetCurrentProcess();
        FitSummary fit = FitSummary.Of(result, process.PeakWorkingSet64);
        IReadOnlyList<string> files = CalibrationFiles.Write(folder, result, fit, arguments, report);
        if (wantsPage)
            files = [.. files, ReportOption.Write(folder, result.Point)];
        progress.End();
        Warn(progress, result.Warnings.Skip(warnings.Count + problem.Warnings.Count));
        if (parsed.GetValue(json))
            Console.Out.WriteLine(fit.ToJson());
        else if (!isQuiet)
        {
            CalibrationReport.Write(result, fit, folder, files);
            if (report is not null)
                FitLines.Write(report, null, []);
        }
        if (interrupts.Token.IsCancellationRequested)
            return ExitCode.Interrupted;
        if (options.Sampler is not null && result.Draws is null)
            return ExitCode.NotConverged;
        return result.Termination.IsConverged ? ExitCode.Done : ReportNotConverged(result.Termination);
    }

    private static void Warn(ProgressDisplay progress, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
            progress.Say($"warning: {warning}");
    }

    private static int ReportNotConverged(Termination termination)
    {
        Console.Error.WriteLine($"irtgpu: {termination.Message}");
        return ExitCode.NotConverged;
    }
}
