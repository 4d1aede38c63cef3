using System.CommandLine;
using System.Globalization;
using IrtGpu.Cli.Guidance;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Fit;
using IrtGpu.Fit.Information;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reporting.Tables.Fit;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu fit</c>: how a finished calibration fits.</summary>
internal sealed class FitCommand
{
    private const int LargestDrawCount = 1000;

    private readonly string[] arguments;
    private readonly Argument<string> fit = new("FIT") { Description = "The calibration.json of a finished calibration, or its folder; or a YAML specification with items and all values." };
    private readonly Argument<string> data = new("DATA") { Description = "The responses that the model was calibrated on." };
    private readonly DataOptions dataOptions = new();
    private readonly Option<string> statistics = new("--statistics") { HelpName = "all|LIST", Description = $"Which statistics (default: all): {FitStatisticsOption.Names}.", DefaultValueFactory = _ => "all" };
    private readonly Option<string?> personEstimator = new("--person-estimator") { HelpName = "HOW", Description = "Estimate of θ at which the fit of persons is judged: wle (default with one attribute), ml, map or eap (default with more)." };
    private readonly Option<string?> cuts = new("--cuts") { HelpName = "LIST", Description = "Cut scores on the scale of θ, such as -0.5,1: how well persons are classified by them." };
    private readonly Option<string?> sumCuts = new("--sum-cuts") { HelpName = "LIST", Description = "The same with cut scores of the sum over all items of a group, such as 8,15." };
    private readonly Option<int> draws = new("--draws") { HelpName = "N", Description = "Plausible values a person that PV-Q1 is averaged over (default: 10).", DefaultValueFactory = _ => new FitOptions().Draws };
    private readonly Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed of the plausible values of PV-Q1 (default: 1).", DefaultValueFactory = _ => new FitOptions().Seed };
    private readonly Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
    private readonly Option<string?> output = new("--out") { HelpName = "DIR", Description = "Folder for the tables, not that of the calibration; without it the report alone." };
    private readonly ReportOption reportOption = new();
    private readonly Option<bool> quiet = new("--quiet") { Description = "No report and no progress; errors and warnings only." };
    private readonly Option<bool> json = new("--json") { Description = "Write the fit of the model as JSON to standard output, in place of the report." };

    private FitCommand(string[] arguments) => this.arguments = arguments;

    public static Command Create(string[] arguments)
    {
        FitCommand fit = new(arguments);
        Command command = new("fit",
            """
            Say how a calibrated model fits: the model as a whole, items, pairs of items, persons.

            Examples:
              irtgpu fit results answers.csv --out fit
              irtgpu fit results answers.csv --id pupil --group country --statistics m2,rmsd
            """) { fit.fit, fit.data };
        fit.dataOptions.AddTo(command, withItems: false);
        foreach (Option option in new Option[] { fit.statistics, fit.personEstimator, fit.cuts, fit.sumCuts, fit.draws, fit.seed, fit.threads, fit.output, fit.quiet, fit.json })
            command.Options.Add(option);
        fit.reportOption.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(fit.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        ExchangedArguments.RequireFitFirst("fit", parsed.GetValue(fit)!, parsed.GetValue(data)!);
        using Interrupts interrupts = new(outer);
        FitOptions options = Options(parsed);
        bool wantsPage = reportOption.IsWanted(parsed);
        OutputFolder? folder = Folder(parsed.GetValue(output));
        ScoringModel model = ScoringModel.Read(parsed.GetValue(fit)!);
        if (options.PersonEstimator == "wle" && model.Plan.AttributeCount > 1)
            throw new SpecificationException($"--person-estimator wle is for one attribute, but the fit has {model.Plan.AttributeCount}. Use eap, map or ml.");
        string path = parsed.GetValue(data)!;
        using ProgressDisplay progress = ProgressDisplay.OfConsole(parsed.GetValue(quiet));
        using ResponseData read = ResponseReader.Read(path, model.ReaderOptions(dataOptions.Read(parsed, model.Data)), progress, interrupts.Token);
        ResponseData responses = model.Match(read, path);
        foreach (string warning in (IEnumerable<string>)[.. model.Warnings, .. responses.Warnings.Select(warning => warning.ToString()), .. OtherData(model, responses, path)])
            progress.Say($"warning: {warning}");

        progress.Report("patterns");
        PatternTable patterns = PatternTable.Compress(responses);
        CalibrationOptions compute = new() { Device = DeviceName.Cpu, Threads = options.Threads, MaxCycles = 1, StandardErrors = StandardErrorMethod.None };
        using IComputeBackend backend = BackendCatalog.Create(compute, model.Plan, patterns);
        FitSource source = FitSource.Of(model.Point, patterns, backend, options.Threads, interrupts.Token);
        if (model.StandardErrors is { } errors && !IsOther(model, responses))
            source = source with { Errors = () => errors }; // as the fit keeps it, in place of computing it again
        FitReport report = FitEvaluation.Run(source, options, progress, interrupts.Token);
        progress.Report("writing the tables");
        IReadOnlyList<string> files = folder is null ? [] : FitFiles.Write(folder, report, responses, patterns.PatternOfPerson, options.Threads, arguments);
        if (folder is not null && wantsPage)
            files = [.. files, ReportOption.Write(folder)];
        progress.End();
        if (parsed.GetValue(json))
            Console.Out.WriteLine(ModelFitDocument.Text(report));
        else if (!parsed.GetValue(quiet))
            FitLines.Write(report, folder, files);
        return report.IsInterrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    private FitOptions Options(ParseResult parsed)
    {
        IReadOnlySet<FitStatistic> chosen = FitStatisticsOption.Parse("--statistics", parsed.GetValue(statistics)!);
        CutScores cutScores = Cuts(parsed);
        if (chosen.Count == 0 && cutScores.Values.Count == 0)
            throw new SpecificationException($"--statistics names none. It takes all, or a list of {FitStatisticsOption.Names}.");
        if (parsed.GetValue(threads) is { } count && count < 1)
            throw new SpecificationException($"--threads {count}: at least one thread is needed.");
        if (parsed.GetValue(draws) is var drawCount and (< 2 or > LargestDrawCount))
            throw new SpecificationException($"--draws {drawCount}: give a number of plausible values a person from 2 (their differences are needed) to {LargestDrawCount}.");
        return new FitOptions
        {
            Statistics = chosen,
            Draws = parsed.GetValue(draws),
            Cuts = cutScores,
            Seed = parsed.GetValue(seed),
            Threads = parsed.GetValue(threads) ?? 0,
            PersonEstimator = parsed.GetValue(personEstimator) is { } name
                ? Choice.Parse("--person-estimator", name, ("wle", "wle"), ("ml", "ml"), ("map", "map"), ("eap", "eap"))
                : "",
        };
    }

    private CutScores Cuts(ParseResult parsed)
    {
        if (parsed.GetValue(cuts) is not null && parsed.GetValue(sumCuts) is not null)
            throw new SpecificationException("--cuts and --sum-cuts name the same cut scores on two scales. Give one of them; the table tells what they are on the other.");
        (string option, string? list, ClassificationMeasure measure) = parsed.GetValue(sumCuts) is { } sums
            ? ("--sum-cuts", sums, ClassificationMeasure.SumScore) : ("--cuts", parsed.GetValue(cuts), ClassificationMeasure.Theta);
        if (list is null)
            return CutScores.None;
        List<double> values = [];
        foreach (string text in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                throw new SpecificationException($"{option} '{list}': '{text}' is no number. Give numbers with a point, separated by commas, such as -0.5,1.");
            values.Add(value);
        }
        CutScores scores = new(values, measure);
        return scores.Problem is { } problem ? throw new SpecificationException($"{option} '{list}': {problem}") : scores;
    }

    private static OutputFolder? Folder(string? path)
    {
        if (path is null)
            return null;
        if (File.Exists(Path.Combine(path, SavedCalibration.FileName)))
        {
            throw new SpecificationException(
                $"--out '{path}' is the folder of a calibration, whose {ResultSet.ManifestName} the tables of fit would replace. Name another folder; 'irtgpu calibrate --fit-statistics' writes both together.");
        }
        return OutputFolder.Prepare(path);
    }

    private static IEnumerable<string> OtherData(ScoringModel model, ResponseData data, string path)
    {
        if (IsOther(model, data))
            yield return $"'{path}' is not the file that the model was calibrated on. Degrees of freedom take the parameters for estimates from these data, so that p is too small where they are not.";
    }

    private static bool IsOther(ScoringModel model, ResponseData data) => model.InputSha256.Length > 0 && data.Sha256.Length > 0 && model.InputSha256 != data.Sha256;
}
