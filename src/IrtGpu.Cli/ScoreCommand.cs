using System.CommandLine;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Kernels.Devices;
using IrtGpu.Reporting.Tables;
using IrtGpu.Saved;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.Cli;

/// <summary><c>irtgpu score</c>: scores persons with a finished fit.</summary>
internal sealed class ScoreCommand
{
    private readonly Argument<string> fit = new("FIT") { Description = "The calibration.json of a finished calibration." };
    private readonly Argument<string> data = new("DATA") { Description = "Table of responses with the items of the fit." };
    private readonly DataOptions dataOptions = new();
    private readonly ComputeOptions computeOptions = new();
    private readonly Option<string> method = new("--method") { HelpName = "eap|map|ml|wle|pv", Description = "Posterior mean (default), posterior mode, maximum likelihood, Warm's weighted likelihood, or five plausible values.", DefaultValueFactory = _ => "eap" };
    private readonly Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed of plausible values (default: 1).", DefaultValueFactory = _ => 1 };
    private readonly Option<string> output = new("--out") { HelpName = "FILE", Description = "Table of scores to write; .gz compresses.", Required = true };

    public static Command Create()
    {
        ScoreCommand score = new();
        Command command = new("score",
            """
            Score persons, the same or new ones, with a finished fit.

            Examples:
              irtgpu score results/calibration.json new.csv --out scores.csv
              irtgpu score results/calibration.json new.csv --id pupil --method wle --out scores.csv
            """) { score.fit, score.data };
        score.dataOptions.AddTo(command, withItems: false);
        command.Options.Add(score.method);
        command.Options.Add(score.seed);
        score.computeOptions.AddTo(command);
        score.computeOptions.AddEStepTo(command);
        command.Options.Add(score.output);
        command.SetAction((parsed, cancellation) => Task.FromResult(score.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        string how = parsed.GetValue(method)!.ToLowerInvariant();
        Choice.Parse("--method", how, ("eap", 0), ("map", 0), ("ml", 0), ("wle", 0), ("pv", 0));
        int threads = computeOptions.Threads(parsed);
        string device = computeOptions.Device(parsed);
        string path = parsed.GetValue(output)!;
        AtomicFile.CheckWritable(path);
        SavedCalibration saved = SavedCalibration.Read(parsed.GetValue(fit)!);
        if (how == "wle" && saved.Plan.AttributeCount > 1)
            throw new SpecificationException($"--method wle is for one attribute, but the fit has {saved.Plan.AttributeCount}. Use eap, map or ml.");

        using Interrupts interrupts = new(outer);
        string dataPath = parsed.GetValue(data)!;
        ResponseReaderOptions readerOptions = saved.ReaderOptions(dataOptions.Read(parsed, new ResponseReaderOptions(), threads));
        using ResponseData read = ResponseReader.Read(dataPath, readerOptions, interrupts.Token);
        ResponseData responses = saved.Match(read, dataPath);
        foreach (DataProblem warning in responses.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
        interrupts.Token.ThrowIfCancellationRequested();

        PatternTable patterns = PatternTable.Compress(responses);
        ModelPoint point = ModelPoint.TryCreate(saved.Plan, saved.Parameters)
            ?? throw new SpecificationException($"A covariance matrix in '{parsed.GetValue(fit)}' is not positive definite: the file is damaged. Calibrate again.");
        CalibrationOptions compute = new()
        {
            Device = device,
            Threads = threads,
            EStep = computeOptions.EStep(parsed),
            MaxCycles = 1,
            StandardErrors = StandardErrorMethod.None,
            Providers = [new AcceleratorProvider()],
        };
        using IComputeBackend backend = BackendCatalog.Create(compute, saved.Plan, patterns);
        if (how == "pv")
        {
            double[] values = PlausibleValues.Draw(point, patterns, backend, parsed.GetValue(seed));
            AtomicFile.Write(path, stream => PersonEstimateTable.WritePlausibleValues(stream, saved.Plan, responses, values, threads));
            return ExitCode.Done;
        }
        PatternScores summaries = PatternScorer.Score(point, patterns.Groups, backend);
        interrupts.Token.ThrowIfCancellationRequested();
        if (how == "eap")
        {
            AtomicFile.Write(path, stream => ScoreTable.Write(stream, saved.Plan, responses, patterns.PatternOfPerson, summaries, ScoreMethod.Eap, threads));
            return ExitCode.Done;
        }
        PointEstimator estimator = how switch
        {
            "ml" => PointEstimator.MaximumLikelihood,
            "wle" => PointEstimator.WeightedLikelihood,
            _ => PointEstimator.PosteriorMode,
        };
        PersonEstimates estimates = PersonEstimators.Estimate(point, patterns, summaries, estimator, threads);
        AtomicFile.Write(path, stream => PersonEstimateTable.Write(stream, saved.Plan, responses, patterns.PatternOfPerson, estimates, how, threads));
        return ExitCode.Done;
    }
}
