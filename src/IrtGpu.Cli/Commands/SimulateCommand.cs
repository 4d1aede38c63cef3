using System.CommandLine;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression;
using IrtGpu.Regression.Prediction;
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
        Argument<string> model = new("SPEC-OR-FIT") { Description = "A calibration.json, a regression.json, a YAML specification with items and parameters, or the formula of a regression with priors." };
        Option<int?> persons = new("--persons") { HelpName = "N", Description = "Number of persons, for item response models." };
        Option<string?> data = new("--data") { HelpName = "FILE", Description = "Table of predictors, for regressions: a response is drawn for each row." };
        Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed; the same seed draws the same responses (default: 1).", DefaultValueFactory = _ => 1 };
        Option<string> output = new("--out") { HelpName = "FILE", Description = "Table of responses to write; .gz compresses.", Required = true };
        Option<string?> truth = new("--truth") { HelpName = "FILE", Description = "Also write the group, class and attributes each person was drawn with, the random effects, or the class of each row." };
        Option<string?> from = new("--from") { HelpName = "WHAT", Description = "Parameters of regressions: estimates (default for a fit), or prior: one draw of the priors, of which constant(v) gives a value." };
        Option<string?> parameters = new("--parameters") { HelpName = "FILE", Description = "Also write the parameters and effects that a mixture was drawn with." };
        Option<string?> weights = new("--weights") { HelpName = "COL", Description = "Column of weights, for formulas: the residual variance of a row is σ² over its weight." };
        Option<bool> quiet = new("--quiet") { Description = "No progress; errors and warnings only." };
        ClassOptions classOptions = new();
        Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
        Command command = new("simulate",
            """
            Draw responses from a model.

            Examples:
              irtgpu simulate results/calibration.json --persons 1000 --seed 7 --out new.csv
              irtgpu simulate test.yaml --persons 500 --seed 1 --out drawn.csv
              irtgpu simulate results/regression.json --data rows.csv --seed 7 --out new.csv
              irtgpu simulate 'y ~ 1' --data rows.csv --classes 2 --from prior --prior 'Intercept:class1:normal(0,1)'
                --prior 'Intercept:class2:normal(5,1)' --prior 'sigma:constant(1)' --out new.csv

            where test.yaml holds for example:
              model: 2pl
              items: {q1: 2, q2: 2}
              parameters: {q1: {a1: 1.2, d: -0.5}, q2: {a1: 0.8, d: 0.3}}
            """) { model };
        foreach (Option option in new Option[] { persons, data, seed, output, truth, parameters, from, weights, threads, quiet })
            command.Options.Add(option);
        classOptions.AddModelTo(command);
        command.SetAction((parsed, outer) =>
        {
            using Interrupts interrupts = new(outer);
            string path = parsed.GetValue(output)!;
            string source = parsed.GetValue(model)!;
            SimulatedFiles files = new(parsed.GetValue(data), path, parsed.GetValue(truth), parsed.GetValue(parameters), parsed.GetValue(threads) ?? 0);
            bool? fromPriors = parsed.GetValue(from) is { } what ? Choice.Parse("--from", what, ("estimates", false), ("prior", true)) : null;
            int drawSeed = parsed.GetValue(seed);
            if (source.Contains('~', StringComparison.Ordinal) && !File.Exists(source))
            {
                if (fromPriors == false)
                    throw new SpecificationException("--from estimates needs a fit, and this is a formula. Give --from prior with a --prior for each parameter, constant(v) where it is known.");
                MixtureOptions options = classOptions.ReadModel(parsed) with { WeightColumn = parsed.GetValue(weights) };
                if (options.Classes < 1)
                    throw new SpecificationException($"--classes {options.Classes}: at least one class is needed.");
                return Task.FromResult(RegressionScoring.SimulateMixture(files, source, table => SimulatedMixture.DrawPriors(source, table, options, drawSeed), interrupts.Token));
            }
            if (SavedMixture.IsMixture(source))
                return Task.FromResult(RegressionScoring.SimulateMixture(files, source, table => SimulatedMixture.Draw(source, table, drawSeed, fromPriors ?? false), interrupts.Token));
            if (fromPriors == true)
                throw new SpecificationException($"'{source}' has no priors to draw from. Give a formula with --prior, or a fit that was made with them.");
            if (SavedRegression.IsRegression(source))
                return Task.FromResult(RegressionScoring.Simulate(files, source, drawSeed, interrupts.Token));
            int count = parsed.GetValue(persons)
                ?? throw new SpecificationException("--persons is missing: how many persons are to be drawn? For example --persons 1000.");
            AtomicFile.CheckWritable(path);
            if (parsed.GetValue(truth) is { } truthPath)
                AtomicFile.CheckWritable(truthPath);
            SimulationModel simulation = SimulationModel.Read(source);
            using ProgressDisplay progress = ProgressDisplay.OfConsole(parsed.GetValue(quiet));
            foreach (string warning in simulation.Warnings)
                progress.Say($"warning: {warning}");
            progress.Report("drawing responses");
            SimulatedResponses drawn = ResponseSimulator.Draw(
                simulation.Plan, simulation.Parameters, count, drawSeed, simulation.GroupWeights, parsed.GetValue(threads) ?? 0, interrupts.Token);
            progress.Report("writing responses");
            AtomicFile.Write(path, stream => ResponseTable.Write(stream, drawn.Data, parsed.GetValue(threads) ?? 0), interrupts.Token);
            if (parsed.GetValue(truth) is { } truthFile)
                AtomicFile.Write(truthFile, stream => TruthTable.Write(stream, simulation.Plan, drawn), interrupts.Token);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
