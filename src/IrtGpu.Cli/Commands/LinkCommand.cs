using System.CommandLine;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Linking;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu link</c>: puts the scales of several fits on that of the first.</summary>
internal sealed class LinkCommand
{
    private readonly string[] arguments;
    private readonly Argument<string[]> fits = new("FIT") { Description = "calibration.json of finished fits, or their folders; the first gives the scale.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> method = new("--method") { HelpName = "METHOD", Description = "What the linked tables are made with: stocking-lord (default), haebara, robust-haebara, mean-sigma or mean-mean; all are reported." };
    private readonly Option<string?> direction = new("--direction") { HelpName = "both|base|form", Description = "On whose scale curves are compared (default: both)." };
    private readonly Option<string?> weights = new("--weights") { HelpName = "normal|grid", Description = "How points of θ count: by the persons of the fit (default), or all alike from -4 to 4." };
    private readonly Option<string?> path = new("--path") { HelpName = "auto|chain|base", Description = "Which fit is linked to which: auto (default: to the first where they share two items, else by the fit that shares most), each to the one before, or each to the first." };
    private readonly Option<string?> anchors = new("--anchors") { HelpName = "ITEMS", Description = "Common items that link (default: all); '!q7' leaves one out." };
    private readonly Option<bool> dropDrift = new("--drop-drift") { Description = "Leave anchors out that drifted, the worst first, until none does." };
    private readonly Option<string?> errors = new("--se") { HelpName = "delta|bootstrap|none", Description = "Standard errors: delta method (default), parametric bootstrap, or none." };
    private readonly Option<int> draws = new("--draws") { HelpName = "N", Description = "Draws of the bootstrap (default: 500).", DefaultValueFactory = _ => 500 };
    private readonly Option<double> synthetic = new("--synthetic") { HelpName = "W", Description = "Weight of the fit's persons in the population of observed-score equating, from 0 to 1 (default: 0.5).", DefaultValueFactory = _ => 0.5 };
    private readonly Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed of draws (default: 1).", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
    private readonly Option<string> output = new("--out") { HelpName = "DIR", Description = "Folder for the results.", Required = true };
    private readonly ReportOption reportOption = new();
    private readonly Option<bool> quiet = new("--quiet") { Description = "No report and no progress; errors and warnings only." };

    private LinkCommand(string[] arguments) => this.arguments = arguments;

    public static Command Create(string[] arguments)
    {
        LinkCommand link = new(arguments);
        Command command = new("link",
            """
            Put the scales of finished fits on the scale of the first by the items that they have in common.

            Examples:
              irtgpu link year1 year2 --out linked
              irtgpu link base formB formC --method haebara --drop-drift --out linked
              irtgpu score linked/calibration-year2.json new.csv --out scores.csv
            """) { link.fits };
        foreach (Option option in new Option[] { link.method, link.direction, link.weights, link.path, link.anchors, link.dropDrift, link.errors, link.draws, link.synthetic, link.seed, link.threads, link.output, link.quiet })
            command.Options.Add(option);
        link.reportOption.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(link.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        using Interrupts interrupts = new(outer);
        LinkOptions options = Read(parsed);
        bool wantsPage = reportOption.IsWanted(parsed);
        OutputFolder folder = OutputFolder.Prepare(parsed.GetValue(output)!);
        string[] paths = parsed.GetValue(fits)!;
        string[] names = FitNames.Of(paths);
        List<(string, SavedCalibration)> calibrations = [];
        List<string> problems = [];
        for (int k = 0; k < paths.Length; k++)
        {
            try
            {
                calibrations.Add((names[k], SavedCalibration.Read(paths[k])));
            }
            catch (SpecificationException exception)
            {
                problems.AddRange(exception.Problems);
            }
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        using ProgressDisplay progress = ProgressDisplay.OfConsole(parsed.GetValue(quiet));
        progress.Report("linking");
        LinkResult result = ScaleLinking.Run(calibrations, options, progress, interrupts.Token);
        progress.End();
        foreach (string warning in calibrations.SelectMany(fit => fit.Item2.Warnings).Concat(result.Warnings))
            Console.Error.WriteLine($"warning: {warning}");
        IReadOnlyList<string> files = LinkFiles.Write(folder, result, options, arguments);
        if (wantsPage)
            files = [.. files, ReportOption.Write(folder)];
        if (!parsed.GetValue(quiet))
            LinkReport.Write(result, options, folder, files);
        return ExitCode.Done;
    }

    private LinkOptions Read(ParseResult parsed)
    {
        LinkOptions options = new()
        {
            Method = parsed.GetValue(method) is { } how ? Choice.Parse("--method", how, [.. Enum.GetValues<LinkMethod>().Select(value => (value.Name(), value))]) : LinkMethod.StockingLord,
            Direction = Choice.Parse("--direction", parsed.GetValue(direction) ?? "both", ("both", LinkDirection.Both), ("base", LinkDirection.Base), ("form", LinkDirection.Form)),
            Weights = Choice.Parse("--weights", parsed.GetValue(weights) ?? "normal", ("normal", LinkWeights.Normal), ("grid", LinkWeights.Grid)),
            Path = Choice.Parse("--path", parsed.GetValue(path) ?? "auto", ("auto", LinkPath.Auto), ("chain", LinkPath.Chain), ("base", LinkPath.Base)),
            Anchors = parsed.GetValue(anchors),
            DropsDrift = parsed.GetValue(dropDrift),
            Errors = Choice.Parse("--se", parsed.GetValue(errors) ?? "delta", ("delta", LinkErrors.Delta), ("bootstrap", LinkErrors.Bootstrap), ("none", LinkErrors.None)),
            Draws = parsed.GetValue(draws),
            Seed = parsed.GetValue(seed),
            SyntheticWeight = parsed.GetValue(synthetic),
            Threads = parsed.GetValue(threads) ?? 0,
        };
        List<string> problems = [];
        if (options.Draws is < 20 or > 100_000)
            problems.Add($"--draws is {options.Draws}. Give a number of draws from 20 to 100000; 500 give standard errors to 3 %.");
        if (options.SyntheticWeight is not (>= 0 and <= 1))
            problems.Add(FormattableString.Invariant($"--synthetic is {options.SyntheticWeight}. Give a weight from 0 (persons of the base) to 1 (persons of the form)."));
        if (options.Threads < 0 || (options.Threads == 0 && parsed.GetValue(threads) is not null))
            problems.Add($"--threads {options.Threads}: at least one thread is needed.");
        return problems.Count > 0 ? throw new SpecificationException(problems) : options;
    }
}
