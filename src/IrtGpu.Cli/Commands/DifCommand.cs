using System.CommandLine;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Differential;
using IrtGpu.Differential.Results;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu dif</c>: looks for items that work differently in observed groups.</summary>
internal sealed class DifCommand
{
    private readonly string[] arguments;
    private readonly Argument<string> data = new("DATA") { Description = "Table of responses, as calibrate takes it." };
    private readonly DataOptions dataOptions = new();
    private readonly ModelOptions modelOptions = new(forDif: true);
    private readonly EstimationOptions estimationOptions = new();
    private readonly ComputeOptions computeOptions = new();
    private readonly Option<string?> method = new("--method") { HelpName = "wald|lr|both|none", Description = "Tests of the item response model (default: both); none leaves those by sum scores." };
    private readonly Option<string?> anchors = new("--anchors") { HelpName = "all-others|purified|ITEMS", Description = "Items that hold the groups on one scale: all others (default), all others that do not differ, or those named." };
    private readonly Option<string?> test = new("--test") { HelpName = "ITEMS", Description = "Items that are tested (default: all that are no given anchors)." };
    private readonly Option<double> level = new("--level") { HelpName = "P", Description = "Adjusted p below which purification takes an item out of the anchors (default: 0.05).", DefaultValueFactory = _ => 0.05 };
    private readonly Option<string?> match = new("--match") { HelpName = "total|rest|none", Description = "Sum score of Mantel-Haenszel and logistic regression: with the studied item (default) or without; none leaves these tests out." };
    private readonly Option<double?> release = new("--release") { HelpName = "RMSD", Description = "Partial invariance: release parameters of items in groups above this RMSD, refit, repeat; for example 0.12." };
    private readonly Option<string> output = new("--out") { HelpName = "DIR", Description = "Folder for the results.", Required = true };
    private readonly ReportOption reportOption = new();
    private readonly Option<bool> quiet = new("--quiet") { Description = "No report and no progress; errors and warnings only." };

    private DifCommand(string[] arguments) => this.arguments = arguments;

    public static Command Create(string[] arguments)
    {
        DifCommand dif = new(arguments);
        Command command = new("dif",
            """
            Look for items that work differently in observed groups (differential item functioning).

            Examples:
              irtgpu dif answers.csv --group sex --out dif
              irtgpu dif answers.csv --group country --method lr --anchors purified --out dif
              irtgpu dif answers.csv --group country --method none --release 0.12 --out dif
            """) { dif.data };
        dif.dataOptions.AddTo(command, withItems: true);
        dif.modelOptions.AddTo(command);
        foreach (Option option in new Option[] { dif.method, dif.anchors, dif.test, dif.level, dif.match, dif.release })
            command.Options.Add(option);
        dif.estimationOptions.AddTo(command);
        dif.computeOptions.AddTo(command);
        dif.computeOptions.AddEStepTo(command);
        command.Options.Add(dif.output);
        command.Options.Add(dif.quiet);
        dif.reportOption.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(dif.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        bool isQuiet = parsed.GetValue(quiet);
        SpecificationFile file = modelOptions.ReadFile(parsed);
        ModelSpecification specification = modelOptions.Read(parsed, file);
        DifOptions options = Read(parsed);
        CalibrationOptions estimation = estimationOptions.Read(parsed) with
        {
            Threads = computeOptions.Threads(parsed),
            Device = computeOptions.Device(parsed),
            EStep = computeOptions.EStep(parsed),
            Providers = [computeOptions.Accelerators],
        };
        bool wantsPage = reportOption.IsWanted(parsed);
        OutputFolder folder = OutputFolder.Prepare(parsed.GetValue(output)!);
        using Interrupts interrupts = new(outer);
        using ProgressDisplay progress = ProgressDisplay.OfConsole(isQuiet);
        progress.Expect(new CycleGoal(Math.Min(estimation.Tolerance, DifScan.Tolerance), estimation.MaxCycles));
        using ResponseData responses = ResponseReader.Read(parsed.GetValue(data)!, dataOptions.Read(parsed, file.Data), progress, interrupts.Token);
        progress.Report("patterns and plan");
        DifResult result = DifScan.Run(responses, specification, options, estimation, progress, progress, interrupts.Token);
        progress.End();
        foreach (string warning in result.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
        IReadOnlyList<string> files = DifFiles.Write(folder, result, arguments);
        if (wantsPage)
            files = [.. files, ReportOption.Write(folder)];
        if (!isQuiet)
        {
            foreach (string line in DifReport.Lines(result))
                Console.Out.WriteLine(line);
            Console.Out.WriteLine(FormattableString.Invariant($"Time {result.Seconds:0.0} s"));
            Console.Out.WriteLine($"Written to {folder.FullPath}: {string.Join(", ", files)}");
        }
        return result.First.Termination.IsConverged ? ExitCode.Done : ExitCode.NotConverged;
    }

    private DifOptions Read(ParseResult parsed)
    {
        string anchorText = parsed.GetValue(anchors) ?? "all-others";
        AnchorStrategy strategy = anchorText.ToLowerInvariant() switch
        {
            "all-others" => AnchorStrategy.AllOthers,
            "purified" => AnchorStrategy.Purified,
            _ => AnchorStrategy.Given,
        };
        string matching = parsed.GetValue(match) ?? "total";
        double alpha = parsed.GetValue(level);
        if (!(alpha > 0 && alpha < 1))
            throw new SpecificationException(FormattableString.Invariant($"--level {alpha}: give a level between 0 and 1, such as 0.05."));
        return new DifOptions
        {
            Methods = Choice.Parse(
                "--method", parsed.GetValue(method) ?? "both", ("wald", DifMethods.Wald), ("lr", DifMethods.LikelihoodRatio), ("both", DifMethods.Wald | DifMethods.LikelihoodRatio), ("none", DifMethods.None)),
            Anchors = strategy,
            AnchorItems = strategy == AnchorStrategy.Given ? anchorText : "",
            Tested = parsed.GetValue(test),
            Level = alpha,
            HasSumScores = Choice.Parse("--match", matching, ("total", true), ("rest", true), ("none", false)),
            Matching = Choice.Parse("--match", matching, ("total", MatchingScore.Total), ("rest", MatchingScore.Rest), ("none", MatchingScore.Total)),
            ReleaseAbove = parsed.GetValue(release),
        };
    }
}
