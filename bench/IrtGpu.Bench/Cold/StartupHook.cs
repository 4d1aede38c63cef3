using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime;

/// <summary>
/// Runs inside the command's own process, before its entry point: the runtime loads the assembly that <c>DOTNET_STARTUP_HOOKS</c> names and
/// calls <see cref="Initialize"/> of the type of this name, which has no namespace. Here it runs the command several times in one process and
/// reports each.
/// </summary>
internal static class StartupHook
{
    /// <summary>Arguments of the command, one a line.</summary>
    public const string Arguments = "IRTGPU_BENCH_ARGUMENTS";

    /// <summary>How many times the command is run.</summary>
    public const string Repeats = "IRTGPU_BENCH_REPEATS";

    /// <summary>File that receives a line a run: seconds, methods compiled so far, seconds of compiling so far.</summary>
    public const string Report = "IRTGPU_BENCH_REPORT";

    /// <summary>Called by the runtime; does not return.</summary>
    public static void Initialize()
    {
        string[] arguments = Environment.GetEnvironmentVariable(Arguments)!.Split('\n');
        int repeats = int.Parse(Environment.GetEnvironmentVariable(Repeats)!, CultureInfo.InvariantCulture);
        using StreamWriter report = new(Environment.GetEnvironmentVariable(Report)!);
        MethodInfo entry = Assembly.Load("IrtGpu.Cli").EntryPoint!;
        int code = 0;
        for (int run = 0; run < repeats && code == 0; run++)
        {
            long start = Stopwatch.GetTimestamp();
            code = (int)entry.Invoke(null, [arguments])!;
            report.WriteLine(FormattableString.Invariant(
                $"{Stopwatch.GetElapsedTime(start).TotalSeconds:r} {JitInfo.GetCompiledMethodCount()} {JitInfo.GetCompilationTime().TotalSeconds:r}"));
        }
        report.Dispose();
        Environment.Exit(code);
    }
}
