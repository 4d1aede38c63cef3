using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Bench.Output;

/// <summary>What a figure depends on besides the code: processor, memory, system, versions, commit.</summary>
internal static class Machine
{
    /// <summary>Processor name as the system gives it.</summary>
    public static string Processor { get; } = ReadProcessor();

    /// <summary>Lines for the head of a result file.</summary>
    public static IEnumerable<string> Describe()
    {
        yield return $"processor: {Processor}, {Environment.ProcessorCount} logical processors for this process";
        yield return FormattableString.Invariant($"memory: {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):f1} GiB");
        yield return $"system: {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}";
        yield return $"runtime: {RuntimeInformation.FrameworkDescription}; 512-bit vectors {(Vector512.IsHardwareAccelerated ? "yes" : "no")}, 256-bit {(Vector256.IsHardwareAccelerated ? "yes" : "no")}";
        yield return $"IrtGpu {typeof(Calibration).Assembly.GetName().Version}, commit {Commit()}";
        if (LoadAverage() is { } load)
            yield return $"load average over the last minute at the start: {load}";
    }

    /// <summary>A folder name for results of a device on this machine.</summary>
    /// <param name="device">Device name.</param>
    public static string Folder(string device)
    {
        string name = device is "auto" or "cpu" or "reference" ? $"cpu-{Processor}" : device;
        char[] letters = [.. name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')];
        return string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Commit()
    {
        string commit = Git("rev-parse --short=10 HEAD") ?? "unknown";
        return string.IsNullOrEmpty(Git("status --porcelain --untracked-files=no -- src kernels bench/IrtGpu.Bench")) ? commit : commit + " with uncommitted changes";
    }

    private static string? Git(string arguments)
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location),
            })!;
            string output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string ReadProcessor()
    {
        const string cpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(cpuInfo)
            ? File.ReadLines(cpuInfo).FirstOrDefault(candidate => candidate.StartsWith("model name", StringComparison.Ordinal))
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        string name = line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return name.Replace("(R)", "", StringComparison.Ordinal).Replace("(TM)", "", StringComparison.Ordinal).Trim();
    }

    private static string? LoadAverage() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0].ToString(CultureInfo.InvariantCulture) : null;
}
