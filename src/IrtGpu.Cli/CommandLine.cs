using System.CommandLine;
using System.CommandLine.Parsing;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Reporting;
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
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    internal static RootCommand CreateRoot(string[] args) => new(
        """
        Calibrates item response models (IRT) by marginal maximum likelihood.

        Start with a table of responses: a header of item names, one row a person, whole numbers as answers.
          irtgpu calibrate answers.csv --out results                     2PL for 0/1 items, GPCM for others
          irtgpu calibrate answers.csv --id pupil --model 3pl --out results
          irtgpu score results/calibration.json new.csv --out scores.csv
        """)
    {
        CalibrateCommand.Create(args),
        ScoreCommand.Create(),
        SimulateCommand.Create(),
        DevicesCommand.Create(),
    };

    private static int Refuse(ParseResult parsed)
    {
        List<string> names = [];
        foreach (Symbol symbol in parsed.CommandResult.Command.Options.Cast<Symbol>().Concat(parsed.CommandResult.Command.Subcommands))
            names.Add(symbol.Name);
        string[] unknown = [.. parsed.UnmatchedTokens];
        foreach (string token in unknown)
        {
            string what = token.StartsWith('-') ? "option" : parsed.CommandResult.Command.Subcommands.Count > 0 ? "command" : "argument";
            Console.Error.WriteLine(what == "argument"
                ? $"irtgpu: '{token}' is one argument too many. Quote names that hold blanks; values of options follow their option."
                : $"irtgpu: there is no {what} '{token}'. {NearNames.Suggest(token, names)}");
        }
        foreach (ParseError error in parsed.Errors.Where(error => !unknown.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal))))
        {
            if (unknown.Length == 0 || !error.Message.StartsWith("Required command", StringComparison.Ordinal))
                Console.Error.WriteLine($"irtgpu: {error.Message}");
        }
        string command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        Console.Error.WriteLine($"See 'irtgpu {command}--help'.");
        return ExitCode.BadArguments;
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
            case DataException data:
                Console.Error.WriteLine(data.Message);
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
