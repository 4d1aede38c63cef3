using System.Diagnostics;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace IrtGpu.Bench.Cold;

/// <summary>The command as the script <c>irtgpu</c> of the checkout builds it.</summary>
/// <param name="program">Path of <c>IrtGpu.Cli.dll</c>.</param>
internal sealed partial class BuiltCommand(string program)
{
    /// <summary>Lets the script build it.</summary>
    /// <param name="root">The checkout.</param>
    /// <exception cref="InvalidOperationException">It does not build.</exception>
    public static BuiltCommand Build(string root)
    {
        Run(new ProcessStartInfo(Path.Combine(root, "irtgpu"), ["--version"]));
        return new BuiltCommand(Path.Combine(root, "src", "IrtGpu.Cli", "bin", "command", "IrtGpu.Cli.dll"));
    }

    /// <summary>Whether it holds native code, for which the compiler's package was needed.</summary>
    public bool IsCompiledAhead()
    {
        using PEReader file = new(File.OpenRead(Path.Combine(Path.GetDirectoryName(program)!, "IrtGpu.dll")));
        return file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    /// <summary>Runs it in a process of its own.</summary>
    /// <param name="arguments">Arguments.</param>
    /// <param name="environment">Settings of the runtime.</param>
    /// <returns>Seconds.</returns>
    public double Fresh(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [program, .. arguments]);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Run(start);
    }

    /// <summary>Runs it several times in one process.</summary>
    /// <param name="arguments">Arguments.</param>
    /// <param name="repeats">How many times.</param>
    /// <returns>A line of <see cref="StartupHook"/> for each.</returns>
    public string[] Repeatedly(IReadOnlyList<string> arguments, int repeats)
    {
        string report = Path.GetTempFileName();
        Fresh(
            arguments,
            ("DOTNET_STARTUP_HOOKS", typeof(BuiltCommand).Assembly.Location),
            (StartupHook.Arguments, string.Join('\n', arguments)),
            (StartupHook.Repeats, FormattableString.Invariant($"{repeats}")),
            (StartupHook.Report, report));
        string[] lines = File.ReadAllLines(report);
        File.Delete(report);
        return lines;
    }

    /// <summary>Methods of this program, those of generic types and methods included, that a run compiled because it found no native code.</summary>
    /// <param name="arguments">Arguments.</param>
    public IReadOnlyList<string> MethodsLeftOut(IReadOnlyList<string> arguments)
    {
        string listing = Path.GetTempFileName();
        Fresh(arguments, ("DOTNET_JitStdOutFile", listing), ("DOTNET_JitDisasmSummary", "1"));
        string[] lines = File.ReadAllLines(listing);
        File.Delete(listing);
        return [.. lines.Select(line => Compiled().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()];
    }

    // The later tier compiles again what has been called often: that is no method left out.
    [GeneratedRegex(@"JIT compiled (IrtGpu\.[^(]*)\(.*\) \[(?!Tier1)")]
    private static partial Regex Compiled();

    private static double Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return process.ExitCode == 0 ? seconds : throw new InvalidOperationException(
            $"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with code {process.ExitCode}:\n{error.Result}");
    }
}
