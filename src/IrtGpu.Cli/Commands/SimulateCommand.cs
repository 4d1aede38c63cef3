using System.CommandLine;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Saved;
using IrtGpu.Reporting.Tables.Persons;
using IrtGpu.Simulation;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu simulate</c>: draws responses from a model.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        Argument<string> model = new("SPEC-OR-FIT") { Description = "A calibration.json, a regression.json, or a YAML specification with items and parameters." };
        Option<int?> persons = new("--persons") { HelpName = "N", Description = "Number of persons, for item response models." };
        Option<string?> data = new("--data") { HelpName = "FILE", Description = "Table of predictors, for regressions: a response is drawn for each row." };
        Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed; the same seed draws the same responses (default: 1).", DefaultValueFactory = _ => 1 };
        Option<string> output = new("--out") { HelpName = "FILE", Description = "Table of responses to write; .gz compresses.", Required = true };
        Option<string?> truth = new("--truth") { HelpName = "FILE", Description = "Also write the group, class and attributes each person was drawn with, or the random effects." };
        Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
        Command command = new("simulate",
            """
            Draw responses from a model.

            Examples:
              irtgpu simulate results/calibration.json --persons 1000 --seed 7 --out new.csv
              irtgpu simulate test.yaml --persons 500 --seed 1 --out drawn.csv
              irtgpu simulate results/regression.json --data rows.csv --seed 7 --out new.csv

            where test.yaml holds for example:
              model: 2pl
              items: {q1: 2, q2: 2}
              parameters: {q1: {a1: 1.2, d: -0.5}, q2: {a1: 0.8, d: 0.3}}
            """) { model };
        foreach (Option option in new Option[] { persons, data, seed, output, truth, threads })
            command.Options.Add(option);
        command.SetAction((parsed, outer) =>
        {
            using Interrupts interrupts = new(outer);
            string path = parsed.GetValue(output)!;
            if (SavedRegression.IsRegression(parsed.GetValue(model)!))
                return Task.FromResult(RegressionScoring.Simulate(parsed.GetValue(model)!, parsed.GetValue(data), parsed.GetValue(seed), path, parsed.GetValue(truth), parsed.GetValue(threads) ?? 0, interrupts.Token));
            int count = parsed.GetValue(persons)
                ?? throw new SpecificationException("--persons is missing: how many persons are to be drawn? For example --persons 1000.");
            AtomicFile.CheckWritable(path);
            if (parsed.GetValue(truth) is { } truthPath)
                AtomicFile.CheckWritable(truthPath);
            SimulationModel source = SimulationModel.Read(parsed.GetValue(model)!);
            foreach (string warning in source.Warnings)
                Console.Error.WriteLine($"warning: {warning}");
            SimulatedResponses drawn = ResponseSimulator.Draw(
                source.Plan, source.Parameters, count, parsed.GetValue(seed), source.GroupWeights, parsed.GetValue(threads) ?? 0, interrupts.Token);
            AtomicFile.Write(path, stream => ResponseTable.Write(stream, drawn.Data, parsed.GetValue(threads) ?? 0), interrupts.Token);
            if (parsed.GetValue(truth) is { } truthFile)
                AtomicFile.Write(truthFile, stream => TruthTable.Write(stream, source.Plan, drawn), interrupts.Token);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
