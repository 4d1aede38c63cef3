using System.CommandLine;
using System.CommandLine.Parsing;
using IrtGpu.Cli.Commands;
using IrtGpu.Compute.Devices;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Comparison;
using IrtGpu.Regression.Priors;
using IrtGpu.Specification;

namespace IrtGpu.Cli;

/// <summary>The whole command: parses, runs, and turns every failure into a message and an exit code.</summary>
internal static class CommandLine
{
    private const string TraceVariable = "IRTGPU_TRACE";

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            ParseResult parsed = CreateRoot(args).Parse(args.Length == 0 ? ["--help"] : args);
            if (parsed.Errors.Count > 0)
                return Refuse(parsed);
            if (VectorWidth.Problem is { } problem)
                throw new SpecificationException(problem);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    internal static RootCommand CreateRoot(string[] args) => new(
        """
        Calibrates item response models (IRT) by marginal maximum likelihood, and fits linear mixed models and mixtures of regressions.

        Start with a table of responses: a header of item names, one row a person, whole numbers as answers.
          irtgpu calibrate answers.csv --out results                     2PL for 0/1 items, GPCM for others
          irtgpu calibrate answers.csv --id pupil --model 3pl --out results
          irtgpu score results/calibration.json new.csv --out scores.csv
          irtgpu fit results answers.csv --out fit
        """)
    {
        CalibrateCommand.Create(args),
        ScoreCommand.Create(),
        FitCommand.Create(args),
        SimulateCommand.Create(),
        RegressCommand.Create(),
        DifCommand.Create(args),
        LinkCommand.Create(args),
        CompareCommand.Create(),
        ReportCommand.Create(),
        DevicesCommand.Create(),
    };

    private static int Refuse(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] names = [.. command.Options.Select(option => option.Name), .. command.Subcommands.Select(subcommand => subcommand.Name)];
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null && !unknown.StartsWith('-') && command.Subcommands.Count == 0)
            Console.Error.WriteLine($"irtgpu: '{unknown}' is one argument too many. Quote names that hold blanks; values of options follow their option.");
        else if (unknown is not null)
            Console.Error.WriteLine($"irtgpu: there is no {(unknown.StartsWith('-') ? "option" : "command")} '{unknown}'. {NearNames.Suggest(unknown, names)}");
        foreach (ParseError error in parsed.Errors)
        {
            bool isAboutUnmatched = parsed.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal));
            if (unknown is null || (!isAboutUnmatched && error.SymbolResult is not CommandResult { Command: RootCommand }))
                Console.Error.WriteLine($"irtgpu: {Describe(error)}");
        }
        Console.Error.WriteLine($"See 'irtgpu {(command is RootCommand ? "" : command.Name + " ")}--help'.");
        return ExitCode.BadArguments;
    }

    /// <summary>The parser's message, with the names of number types in plain words.</summary>
    private static string Describe(ParseError error)
    {
        if (error.SymbolResult is OptionResult { Option: { } option } result && result.Tokens.Count > 0
            && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal))
        {
            Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            string kind = type == typeof(int) ? "a whole number" : "a number with a decimal point";
            return $"{option.Name} takes {kind}, not '{result.Tokens[^1].Value}'.";
        }
        return error.Message;
    }

    /// <summary>Writes what went wrong, without a stack trace unless one is asked for.</summary>
    internal static int Report(Exception exception)
    {
        if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 })
            Console.Error.WriteLine(exception);
        switch (exception)
        {
            case SpecificationException specification:
                foreach (string problem in specification.Problems)
                    Console.Error.WriteLine($"irtgpu: {problem}");
                return ExitCode.BadArguments;
            case FormulaException or FitsNotComparableException or PriorException:
                Console.Error.WriteLine($"irtgpu: {exception.Message}");
                return ExitCode.BadArguments;
            case DataException data:
                Console.Error.WriteLine(data.Message);
                foreach (DataProblem warning in data.Warnings)
                    Console.Error.WriteLine($"warning: {warning}");
                return ExitCode.BadData;
            case DeviceNotAvailableException device:
                Console.Error.WriteLine($"irtgpu: {device.Message}");
                return ExitCode.DeviceNotAvailable;
            case OutputException output:
                Console.Error.WriteLine($"irtgpu: {output.Message}");
                return ExitCode.BadArguments;
            case OperationCanceledException:
                Console.Error.WriteLine("irtgpu: interrupted before there was a result; nothing was written.");
                return ExitCode.Interrupted;
            case OutOfMemoryException:
                Console.Error.WriteLine("irtgpu: the memory does not suffice. Fewer --nodes, fewer --threads or fewer items at a time need less.");
                return ExitCode.InternalError;
            default:
                string message = exception.Message.ReplaceLineEndings(" ");
                Console.Error.WriteLine($"irtgpu: internal error: {exception.GetType().Name}: {message} Set {TraceVariable}=1 to see where, and report it, please.");
                return ExitCode.InternalError;
        }
    }
}
