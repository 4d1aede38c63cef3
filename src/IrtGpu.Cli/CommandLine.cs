using System.CommandLine;
using IrtGpu.Cli.Commands;
using IrtGpu.Cli.Guidance;
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

        See it at work: irtgpu demo

        Start with a table of responses: a header of item names, one row a person, whole numbers as answers.
          irtgpu calibrate answers.csv --out results                     2PL for 0/1 items, GPCM for others
          irtgpu calibrate answers.csv --id pupil --model 3pl --out results
          irtgpu score results/calibration.json new.csv --out scores.csv
          irtgpu fit results answers.csv --out fit
        """)
    {
        DemoCommand.Create(),
        CalibrateCommand.Create(args),
        ScoreCommand.Create(),
        FitCommand.Create(args),
        SimulateCommand.Create(),
        RegressCommand.Create(args),
        DifCommand.Create(args),
        LinkCommand.Create(args),
        CompareCommand.Create(),
        ReportCommand.Create(),
        DevicesCommand.Create(),
    };

    private static int Refuse(ParseResult parsed)
    {
        foreach (string line in Refusal.Lines(parsed))
            Console.Error.WriteLine(line);
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
