using System.CommandLine;
using System.Globalization;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Reports;
using IrtGpu.Comparison;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Comparison;
using IrtGpu.Regression.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu compare</c>: likelihood ratio tests and information criteria of several fits.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Argument<string[]> fits = new("FIT") { Description = "calibration.json or regression.json of finished fits, or their folders; two or more.", Arity = ArgumentArity.OneOrMore };
        Option<int> bootstrap = new("--bootstrap") { HelpName = "N", Description = "Calibrations: data sets of the parametric bootstrap for numbers of classes and dimensions, for example 200." };
        Option<int> starts = new("--starts") { HelpName = "N", Description = "Starts of the larger model in each of them (default: 3).", DefaultValueFactory = _ => 3 };
        Option<int> seed = new("--seed") { HelpName = "S", Description = "Seed of the bootstrap (default: 1).", DefaultValueFactory = _ => 1 };
        Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
        Option<string?> data = new("--data") { HelpName = "DATA", Description = "Calibrations: the file that they were made from, for the test of Vuong, Lo, Mendell and Rubin of numbers of classes." };
        DataOptions dataOptions = new();
        Option<string?> output = new("--out") { HelpName = "FILE", Description = "Also write the table as CSV." };
        Option<bool> quiet = new("--quiet") { Description = "No progress." };
        Command command = new("compare",
            """
            Compare fits to the same rows: likelihood ratio tests of each against the one with fewer parameters before it, AIC, BIC;
            where all have draws, leave-one-out cross-validation.

            Example:
              irtgpu regress 'y ~ x + (1 | g)' data.csv --ml --out one
              irtgpu regress 'y ~ x + (x | g)' data.csv --ml --out two
              irtgpu compare one two
              irtgpu calibrate answers.csv --model rasch --out rasch
              irtgpu calibrate answers.csv --model 2pl --out 2pl
              irtgpu compare rasch 2pl
            """) { fits };
        foreach (Option option in new Option[] { bootstrap, starts, seed, data, threads, output, quiet })
            command.Options.Add(option);
        dataOptions.AddTo(command, withItems: false);
        command.SetAction((parsed, outer) =>
        {
            using Interrupts interrupts = new(outer);
            string[] paths = parsed.GetValue(fits)!;
            if (!paths.Any(CalibrationComparison.IsCalibration))
                return Task.FromResult(Run(paths, parsed.GetValue(output)));
            ComparisonOptions options = new()
            {
                Draws = parsed.GetValue(bootstrap),
                Starts = parsed.GetValue(starts),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads) ?? 0,
            };
            Check(paths, options, parsed.GetValue(output));
            return Task.FromResult(CalibrationComparison.Run(
                paths, options, parsed.GetValue(data) is { } path ? (path, dataOptions.Read(parsed, new ResponseReaderOptions())) : null, parsed.GetValue(output), parsed.GetValue(quiet), interrupts.Token));
        });
        return command;
    }

    private static void Check(string[] paths, ComparisonOptions options, string? output)
    {
        List<string> problems = [];
        if (paths.FirstOrDefault(SavedRegression.IsRegression) is { } regression)
            problems.Add($"'{regression}' is a regression and another fit a calibration: their likelihoods are of different things. Compare calibrations with calibrations.");
        if (options.Draws is < 0 or (> 0 and < 19) or > 100_000)
            problems.Add($"--bootstrap {options.Draws}: give a number of data sets from 19 (then p is 0.05 at least) to 100000.");
        if (options.Starts is < 1 or > 1000)
            problems.Add($"--starts {options.Starts}: give a number of starts from 1 to 1000.");
        if (options.Threads < 0)
            problems.Add($"--threads {options.Threads}: at least one thread is needed.");
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        if (output is not null)
            AtomicFile.CheckWritable(output);
    }

    private static int Run(string[] paths, string? output)
    {
        if (paths.Length < 2)
            throw new SpecificationException("compare needs two fits or more, and one is named. Name the regression.json of each, or their folders.");
        if (output is not null)
            AtomicFile.CheckWritable(output);
        if (paths.FirstOrDefault(path => File.Exists(path) && !SavedRegression.IsRegression(path)) is { } other)
            throw new SpecificationException($"'{other}' is not the result of 'irtgpu regress'. compare takes the regression.json of finished regressions.");
        IReadOnlyList<ValidatedModel> validated = ValidationComparison.Compare(paths);
        IReadOnlyList<ComparedModel> models = CompareLikelihoods(paths, validated.Count > 0);
        if (models.Count > 0)
            Write(models);
        if (validated.Count > 0)
            Write(validated);
        foreach ((string name, string formula) in models.Count > 0 ? models.Select(model => (model.Name, model.Formula)) : validated.Select(model => (model.Name, model.Formula)))
            Console.Out.WriteLine($"  {name}: {formula}");
        if (output is not null)
            AtomicFile.Write(output, stream => ComparisonTable.Write(stream, models, validated));
        return ExitCode.Done;
    }

    /// <summary>Tests and criteria; none, with the reason, where only cross-validation can compare the fits.</summary>
    private static IReadOnlyList<ComparedModel> CompareLikelihoods(string[] paths, bool isValidated)
    {
        try
        {
            return ModelComparison.Compare(paths);
        }
        catch (FitsNotComparableException reason) when (isValidated)
        {
            Console.Error.WriteLine($"No likelihood ratio tests: {reason.Message}");
            return [];
        }
    }

    private static void Write(IReadOnlyList<ValidatedModel> models)
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine("Leave-one-out cross-validation (PSIS), best first");
        TextTable.Write(["fit", "elpd", "se", "p_loo", "difference", "se of it", "k̂ too large"], [.. models.Select(model => (string[])
        [
            model.Name, Show(model.Elpd), Show(model.Error), Show(model.EffectiveParameters), Show(model.Difference), Show(model.DifferenceError), model.Unreliable.ToString(CultureInfo.InvariantCulture),
        ])]);
    }

    private static void Write(IReadOnlyList<ComparedModel> models) => TextTable.Write(["fit", "parameters", "AIC", "BIC", "logLik", "-2 logLik", "chi-square", "df", "p"], [.. models.Select(model => (string[])
        [
            model.Name, model.FreeParameters.ToString(CultureInfo.InvariantCulture), Show(model.Aic), Show(model.Bic), Show(model.LogLikelihood), Show(-2 * model.LogLikelihood),
            Show(model.ChiSquare), model.Df?.ToString(CultureInfo.InvariantCulture) ?? "", model.P is { } p ? p.ToString(p < 1e-4 ? "0.00e+00" : "0.0000", CultureInfo.InvariantCulture) : "",
        ])]);

    private static string Show(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";
}
