using System.CommandLine;
using System.Diagnostics;
using IrtGpu.Cli.Guidance;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression;
using IrtGpu.Regression.Reporting;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu regress</c>: fits a linear mixed model or a mixture of regressions and writes its tables.</summary>
internal sealed class RegressCommand
{
    private readonly string[] arguments;
    private readonly Argument<string> formula = new("FORMULA") { Description = "Response, a tilde, terms: 'y ~ x + f + (1 + x | group)'." };
    private readonly Argument<string> data = new("DATA") { Description = "Table with a header: CSV; comma, tab or semicolon; .gz is read directly." };
    private readonly Option<bool> reml = new("--reml") { Description = "Restricted maximum likelihood (default)." };
    private readonly Option<bool> ml = new("--ml") { Description = "Maximum likelihood, for comparing models with different fixed effects." };
    private readonly ClassOptions classOptions = new();
    private readonly DrawOptions drawOptions = new();
    private readonly Option<int?> predictive = new("--predictive") { HelpName = "N", Description = "With draws: N sets of responses drawn anew at the rows, in predictive.csv." };
    private readonly Option<string?> algorithm = new("--algorithm") { HelpName = "HOW", Description = "auto (default), direct or em." };
    private readonly Option<string?> df = new("--df") { HelpName = "HOW", Description = "Degrees of freedom: satterthwaite (default), kenward-roger or none." };
    private readonly Option<string?> intervals = new("--intervals") { HelpName = "HOW", Description = "wald (default) or profile." };
    private readonly Option<int?> bootstrap = new("--bootstrap") { HelpName = "N", Description = "Intervals from N data sets drawn from the fit and fitted again." };
    private readonly Option<string?> errors = new("--se") { HelpName = "HOW", Description = "observed (default), or none: no second derivatives, for the largest problems." };
    private readonly Option<string?> weights = new("--weights") { HelpName = "COL", Description = "Column of weights: the residual variance of a row is σ² over its weight." };
    private readonly Option<string?> id = new("--id") { HelpName = "COL", Description = "Column that names the rows in fitted.csv and classes.csv (default: rows are numbered)." };
    private readonly Option<string?> missing = new("--missing") { HelpName = "CODE,…", Description = "Codes that mean missing (default: empty, NA, NaN and .)." };
    private readonly Option<bool> fitted = new("--fitted") { Description = "Write fitted values and residuals to fitted.csv." };
    private readonly Option<double?> tolerance = new("--tolerance") { HelpName = "X", Description = "Stop when another step would lower the criterion by less (default: 1e-12); em: when no covariance parameter changes by more (default: 1e-8)." };
    private readonly Option<int?> maxCycles = new("--max-cycles") { HelpName = "N", Description = "Largest number of steps (default: 200; em: 5000)." };
    private readonly Option<int?> seed = new("--seed") { HelpName = "S", Description = "Seed of everything random (default: 1)." };
    private readonly Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
    private readonly Option<string> output = new("--out") { HelpName = "DIR", Description = "Folder for the results.", Required = true };
    private readonly ReportOption reportOption = new();
    private readonly Option<bool> quiet = new("--quiet") { Description = "No report and no progress; errors and warnings only." };
    private readonly Option<bool> json = new("--json") { Description = "Write the summary as JSON to standard output, in place of the report." };

    private RegressCommand(string[] arguments) => this.arguments = arguments;

    public static Command Create(string[] arguments)
    {
        RegressCommand regress = new(arguments);
        Command command = new("regress",
            """
            Fit a linear mixed model, or a finite mixture of regressions, to a table and write the results to a folder.

            Examples:
              irtgpu regress 'Reaction ~ Days + (Days | Subject)' sleepstudy.csv --out results
              irtgpu regress 'score ~ method * poly(age, 2) + (1 | school/class)' pupils.csv --ml --out results
              irtgpu regress 'y ~ x + (x || g)' data.csv --intervals profile --df kenward-roger --out results
              irtgpu regress 'y ~ x' data.csv --classes 2 --equal-across-classes sigma --out results
              irtgpu regress 'y ~ x' data.csv --classes 2 --prior 'b:x:class1:normal(-5,3)' --prior 'b:x:class2:normal(5,3)' --out results
            """) { regress.formula, regress.data };
        foreach (Option option in new Option[]
        {
            regress.reml, regress.ml, regress.algorithm, regress.df, regress.intervals, regress.bootstrap, regress.errors, regress.weights, regress.id, regress.missing,
            regress.fitted, regress.tolerance, regress.maxCycles, regress.seed, regress.threads, regress.output, regress.quiet, regress.json,
        })
        {
            command.Options.Add(option);
        }
        regress.reportOption.AddTo(command);
        regress.classOptions.AddTo(command);
        regress.drawOptions.AddTo(command);
        command.Options.Add(regress.predictive);
        command.SetAction((parsed, cancellation) => Task.FromResult(regress.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken outer)
    {
        bool isQuiet = parsed.GetValue(quiet);
        MixtureOptions? mixture = classOptions.AreAsked(parsed) ? ReadMixture(parsed) : null;
        RegressionOptions options = Read(parsed);
        DrawRequest? request = ReadDraws(parsed, options);
        bool wantsPage = reportOption.IsWanted(parsed);
        ExchangedArguments.RequireFormulaFirst(parsed.GetValue(formula)!, parsed.GetValue(data)!);
        OutputFolder folder = OutputFolder.Prepare(parsed.GetValue(output)!);
        using Interrupts interrupts = new(outer);
        string path = parsed.GetValue(data)!;
        using ProgressDisplay progress = ProgressDisplay.OfConsole(isQuiet);
        Stopwatch clock = Stopwatch.StartNew();
        DataTable table = DataTable.Read(path, parsed.GetValue(missing)?.Split(','), progress);
        double readSeconds = clock.Elapsed.TotalSeconds;
        Func<int, string> rowNames = RowNames(parsed, table);
        if (mixture is not null)
        {
            MixtureRun run = new(parsed.GetValue(formula)!, path, mixture, folder, parsed.GetValue(fitted), classOptions.WithPlot(parsed), isQuiet, parsed.GetValue(json), wantsPage, request, arguments);
            return run.Execute(table, readSeconds, rowNames, progress, interrupts.Token);
        }

        MixedModelFit fit = MixedModel.Fit(parsed.GetValue(formula)!, table, options, new RegressionProgress(progress, progress), interrupts.Token);
        if (request is not null)
            fit = RegressionPosterior.WithDraws(fit, request, progress, interrupts.Token);
        progress.Report("writing the tables");
        fit = fit with { Seconds = fit.Seconds with { Read = readSeconds } };

        using Process process = Process.GetCurrentProcess();
        IReadOnlyList<string> files = RegressionFiles.Write(folder, fit, table.Sha256, process.PeakWorkingSet64, parsed.GetValue(fitted) ? rowNames : null, arguments);
        if (wantsPage)
            files = [.. files, ReportOption.Write(folder)];
        progress.End();
        foreach (string warning in fit.Warnings)
            progress.Say($"warning: {warning}");
        if (parsed.GetValue(json))
        {
            Console.Out.WriteLine(RegressionSummary.ToJson(fit, table.Sha256, process.PeakWorkingSet64));
        }
        else if (!isQuiet)
        {
            RegressionReport.Write(Console.Out, fit, path);
            if (fit.Draws is { } draws)
                DrawReport.Write(Console.Out, draws.Parameters);
            Console.Out.WriteLine($"Ended        {fit.Termination.Message}");
            Console.Out.WriteLine(FormattableString.Invariant($"Time         {fit.Seconds.Total:0.00} s"));
            Console.Out.WriteLine($"Written to {folder.FullPath}: {string.Join(", ", files)}");
        }
        if (interrupts.Token.IsCancellationRequested)
            return ExitCode.Interrupted;
        return request is not null && fit.Draws is null ? ExitCode.NotConverged : Conclude(fit.Termination);
    }

    private static int Conclude(Termination termination)
    {
        switch (termination.Kind)
        {
            case TerminationKind.Converged:
                return ExitCode.Done;
            default:
                Console.Error.WriteLine($"irtgpu: {termination.Message}");
                return ExitCode.NotConverged;
        }
    }

    private Func<int, string> RowNames(ParseResult parsed, DataTable table)
    {
        string? column = parsed.GetValue(id);
        if (column is null)
            return row => row.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ProblemLog problems = new();
        DataColumn? names = table.Find(column, "--id", problems);
        problems.ThrowIfAny();
        return row => names!.Texts[row - 1];
    }

    private DrawRequest? ReadDraws(ParseResult parsed, RegressionOptions options)
    {
        int? sets = parsed.GetValue(predictive);
        if (drawOptions.Read(parsed) is not { } sampler)
            return sets is null ? null : throw new SpecificationException("--predictive draws responses from the posterior, and no draws are asked for. Add --draws.");
        if (sets is < 1)
            throw new SpecificationException($"--predictive {sets}: at least one set is needed.");
        return new DrawRequest(sampler with { Seed = options.Seed, Threads = options.Threads }, drawOptions.IsPriorOnly(parsed), sets ?? 0);
    }

    private MixtureOptions ReadMixture(ParseResult parsed)
    {
        List<string> problems = [.. new (string Name, bool IsGiven, string Why)[]
        {
            ("--reml", parsed.GetValue(reml), "mixtures and posterior modes are by maximum likelihood, as REML takes fixed effects out that classes need"),
            ("--algorithm", parsed.GetValue(algorithm) is not null, "mixtures have one way of estimation"),
            ("--df", parsed.GetValue(df) is not null, "there are no degrees of freedom of tests in mixtures and under priors"),
            ("--intervals", parsed.GetValue(intervals) is not null, "intervals of mixtures and posterior modes are Wald's"),
            ("--bootstrap", parsed.GetValue(bootstrap) is not null, "there is no bootstrap of mixtures"),
        }.Where(option => option.IsGiven).Select(option => $"{option.Name} does not go with --classes or --prior: {option.Why}. Leave it out.")];
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        MixtureOptions options = classOptions.Read(parsed);
        return options with
        {
            WeightColumn = parsed.GetValue(weights),
            Tolerance = parsed.GetValue(tolerance) ?? options.Tolerance,
            MaxCycles = parsed.GetValue(maxCycles) ?? options.MaxCycles,
            WithSecondDerivatives = Choice.Parse("--se", parsed.GetValue(errors) ?? "observed", ("observed", true), ("none", false)),
            Seed = parsed.GetValue(seed) ?? options.Seed,
            Threads = parsed.GetValue(threads) ?? options.Threads,
        };
    }

    private RegressionOptions Read(ParseResult parsed)
    {
        List<string> problems = [];
        if (parsed.GetValue(reml) && parsed.GetValue(ml))
            problems.Add("--reml and --ml exclude one another. Give one of them, or none for REML.");
        if (parsed.GetValue(bootstrap) is < 2)
            problems.Add($"--bootstrap {parsed.GetValue(bootstrap)}: at least 2 data sets are needed, and some hundred for steady intervals.");
        if (parsed.GetValue(tolerance) is { } number && (!(number > 0) || !double.IsFinite(number)))
            problems.Add(FormattableString.Invariant($"--tolerance {number} must be a positive number, for example 1e-10."));
        if (parsed.GetValue(maxCycles) is < 1)
            problems.Add($"--max-cycles {parsed.GetValue(maxCycles)}: at least one step is needed.");
        if (parsed.GetValue(threads) is < 1)
            problems.Add($"--threads {parsed.GetValue(threads)}: at least one thread is needed.");
        RegressionOptions defaults = new();
        RegressionOptions options = defaults with
        {
            Criterion = parsed.GetValue(ml) ? Criterion.MaximumLikelihood : Criterion.Restricted,
            Algorithm = Choice.Parse("--algorithm", parsed.GetValue(algorithm) ?? "auto", ("auto", MixedAlgorithm.Direct), ("direct", MixedAlgorithm.Direct), ("em", MixedAlgorithm.Em)),
            DegreesOfFreedom = Choice.Parse("--df", parsed.GetValue(df) ?? "satterthwaite",
                ("satterthwaite", DegreesOfFreedomMethod.Satterthwaite), ("kenward-roger", DegreesOfFreedomMethod.KenwardRoger), ("none", DegreesOfFreedomMethod.None)),
            Intervals = Choice.Parse("--intervals", parsed.GetValue(intervals) ?? "wald", ("wald", IntervalMethod.Wald), ("profile", IntervalMethod.Profile)),
            WithSecondDerivatives = Choice.Parse("--se", parsed.GetValue(errors) ?? "observed", ("observed", true), ("none", false)),
            BootstrapCount = parsed.GetValue(bootstrap) ?? 0,
            Tolerance = parsed.GetValue(tolerance),
            MaxCycles = parsed.GetValue(maxCycles),
            WeightColumn = parsed.GetValue(weights),
            Seed = parsed.GetValue(seed) ?? defaults.Seed,
            Threads = parsed.GetValue(threads) ?? defaults.Threads,
        };
        if (options is { DegreesOfFreedom: DegreesOfFreedomMethod.KenwardRoger, Criterion: Criterion.MaximumLikelihood })
            problems.Add("--df kenward-roger is for REML, and --ml asks for maximum likelihood. Leave out --ml, or use --df satterthwaite.");
        if (options.BootstrapCount > 0 && parsed.GetValue(intervals) is not null)
            problems.Add("--bootstrap and --intervals both ask for limits of intervals. Give one of them.");
        return problems.Count > 0 ? throw new SpecificationException(problems) : options;
    }
}
