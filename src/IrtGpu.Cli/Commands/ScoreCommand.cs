using System.CommandLine;
using IrtGpu.Cli.Guidance;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Saved;
using IrtGpu.Reporting.Tables.Persons;
using IrtGpu.Saved;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu score</c>: scores persons with a finished fit.</summary>
internal sealed class ScoreCommand
{
    private const int LargestDrawCount = 1000;

    private readonly Argument<string> fit = new("FIT") { Description = "The calibration.json of a finished calibration, a YAML specification with items and all values, or the regression.json of a regression." };
    private readonly Argument<string> data = new("DATA") { Description = "Table of responses with the items of the fit, or with the columns of its formula." };
    private readonly DataOptions dataOptions = new();
    private readonly ComputeOptions computeOptions = new();
    private readonly Option<string> method = new("--method") { HelpName = "eap|map|ml|wle|pv", Description = "Posterior mean (default), posterior mode, maximum likelihood, Warm's weighted likelihood, or plausible values.", DefaultValueFactory = _ => "eap" };
    private readonly Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed of plausible values (default: 1).", DefaultValueFactory = _ => 1 };
    private readonly Option<int> draws = new("--draws") { HelpName = "N", Description = "Plausible values a person (default: 5).", DefaultValueFactory = _ => PlausibleValues.DefaultDraws };
    private readonly Option<string> output = new("--out") { HelpName = "FILE", Description = "Table of scores to write; .gz compresses.", Required = true };
    private readonly Option<bool> quiet = new("--quiet") { Description = "No progress; errors and warnings only." };

    public static Command Create()
    {
        ScoreCommand score = new();
        Command command = new("score",
            """
            Score persons, the same or new ones, with a finished fit; with a regression, fitted values and residuals of rows.

            Examples:
              irtgpu score results/calibration.json new.csv --out scores.csv
              irtgpu score results/calibration.json new.csv --id pupil --method wle --out scores.csv
              irtgpu score published.yaml new.csv --out scores.csv
            """) { score.fit, score.data };
        score.dataOptions.AddTo(command, withItems: false);
        command.Options.Add(score.method);
        command.Options.Add(score.seed);
        command.Options.Add(score.draws);
        score.computeOptions.AddTo(command);
        score.computeOptions.AddEStepTo(command);
        command.Options.Add(score.output);
        command.Options.Add(score.quiet);
        command.SetAction((parsed, cancellation) => Task.FromResult(score.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        ExchangedArguments.RequireFitFirst("score", parsed.GetValue(fit)!, parsed.GetValue(data)!);
        using Interrupts interrupts = new(outer);
        using ProgressDisplay progress = ProgressDisplay.OfConsole(parsed.GetValue(quiet));
        if (SavedRegression.IsRegression(parsed.GetValue(fit)!))
            return RegressionScoring.Score(parsed.GetValue(fit)!, parsed.GetValue(data)!, dataOptions.Id(parsed), dataOptions.Missing(parsed), parsed.GetValue(output)!, computeOptions.Threads(parsed), progress, interrupts.Token);
        string how = parsed.GetValue(method)!.ToLowerInvariant();
        Choice.Parse("--method", how, ("eap", 0), ("map", 0), ("ml", 0), ("wle", 0), ("pv", 0));
        int drawCount = parsed.GetValue(draws);
        if (drawCount is < 1 or > LargestDrawCount)
            throw new SpecificationException($"--draws is {drawCount}. Give a number of plausible values from 1 to {LargestDrawCount}; large-scale studies take 5 to 20.");
        int threads = computeOptions.Threads(parsed);
        string device = computeOptions.Device(parsed);
        string path = parsed.GetValue(output)!;
        AtomicFile.CheckWritable(path);
        ScoringModel model = ScoringModel.Read(parsed.GetValue(fit)!);
        if (how == "wle" && model.Plan.AttributeCount > 1)
            throw new SpecificationException($"--method wle is for one attribute, but the fit has {model.Plan.AttributeCount}. Use eap, map or ml.");

        string dataPath = parsed.GetValue(data)!;
        ResponseReaderOptions readerOptions = model.ReaderOptions(dataOptions.Read(parsed, model.Data));
        using ResponseData read = ResponseReader.Read(dataPath, readerOptions, progress, interrupts.Token);
        ResponseData responses = model.Match(read, dataPath);
        foreach (string warning in (IEnumerable<string>)[.. model.Warnings, .. responses.Warnings.Select(warning => warning.ToString())])
            progress.Say($"warning: {warning}");
        progress.Report("patterns");
        interrupts.Token.ThrowIfCancellationRequested();

        PatternTable patterns = PatternTable.Compress(responses);
        ModelPoint point = model.Point;
        CalibrationOptions compute = new()
        {
            Device = device,
            Threads = threads,
            EStep = computeOptions.EStep(parsed),
            MaxCycles = 1,
            StandardErrors = StandardErrorMethod.None,
            Providers = [computeOptions.Accelerators],
        };
        using IComputeBackend backend = BackendCatalog.Create(compute, model.Plan, patterns);
        progress.Report("posteriors");
        PatternScores summaries = PatternScorer.Score(point, patterns.Groups, backend, interrupts.Token);
        interrupts.Token.ThrowIfCancellationRequested();
        if (how == "eap")
        {
            progress.Report("writing scores");
            AtomicFile.Write(path, stream => ScoreTable.Write(stream, model.Plan, responses, patterns.PatternOfPerson, summaries, ScoreMethod.Eap, threads), interrupts.Token);
            return ExitCode.Done;
        }
        if (how == "pv")
        {
            if ((long)responses.PersonCount * drawCount * model.Plan.AttributeCount > Array.MaxLength)
                throw new SpecificationException($"--draws is {drawCount}: for {responses.PersonCount} persons that is more numbers than one table can hold here. Score parts of the data, or draw fewer.");
            progress.Report("plausible values");
            double[] values = PlausibleValues.Draw(point, patterns, summaries, parsed.GetValue(seed), drawCount, threads, interrupts.Token);
            progress.Report("writing scores");
            AtomicFile.Write(path, stream => PersonEstimateTable.WritePlausibleValues(stream, model.Plan, responses, values, threads), interrupts.Token);
            return ExitCode.Done;
        }
        PointEstimator estimator = how switch
        {
            "ml" => PointEstimator.MaximumLikelihood,
            "wle" => PointEstimator.WeightedLikelihood,
            _ => PointEstimator.PosteriorMode,
        };
        progress.Report($"estimates of θ ({how})");
        PersonEstimates estimates = PersonEstimators.Estimate(point, patterns, summaries, estimator, threads, interrupts.Token);
        progress.Report("writing scores");
        AtomicFile.Write(path, stream => PersonEstimateTable.Write(stream, model.Plan, responses, patterns.PatternOfPerson, estimates, how, threads), interrupts.Token);
        return ExitCode.Done;
    }
}
