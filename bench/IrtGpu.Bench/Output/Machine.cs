using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using IrtGpu.Foundation.Vectors;

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
        yield return $"runtime: {RuntimeInformation.FrameworkDescription}";
        yield return FormattableString.Invariant($"vectors: {VectorWidth.Bits} bits of at most {VectorWidth.Widest}{(Fma.IsSupported || AdvSimd.IsSupported ? "" : ", without fused multiply-add")}");
        yield return $"IrtGpu {typeof(Calibration).Assembly.GetName().Version}, commit {Commit()}";
        if (LoadAverage() is { } load)
            yield return $"load average at the start, over 1, 5 and 15 minutes: {load}";
    }

    /// <summary>A line about an accelerator for the head of a result file.</summary>
    /// <param name="device">Device name.</param>
    public static string DescribeDevice(string device) => BenchDevices.Find(device) is { } found
        ? FormattableString.Invariant($"device {found.Name}: {found.Description}, {found.MemoryBytes / (1024.0 * 1024 * 1024):f1} GiB, {found.Multiprocessors} multiprocessors, {found.Driver}{(found.IsAvailable ? "" : $"; not available: {found.Reason}")}")
        : $"device {device}: not here";

    /// <summary>A folder name for results of a device on this machine: the processor's, or kind and name of the accelerator.</summary>
    /// <param name="device">Device name.</param>
    public static string Folder(string device)
    {
        string name = device is "auto" or "cpu" or "reference"
            ? $"cpu-{Processor}"
            : device.StartsWith("ilgpu", StringComparison.OrdinalIgnoreCase) ? device : $"{device.Split(':')[0]}-{BenchDevices.Find(device)?.Description}";
        char[] letters = [.. name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')];
        return string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Of the checkout that the benchmarks were run from; of a published folder, what it was built from.</summary>
    private static string Commit()
    {
        if (Environment.GetEnvironmentVariable("IRTGPU_BENCH_ROOT") is not { } root || Git("rev-parse --short=10 HEAD", root) is not { } commit)
            return BuiltFrom();
        return string.IsNullOrEmpty(Git("status --porcelain --untracked-files=no -- src kernels bench/IrtGpu.Bench", root)) ? commit : commit + " with uncommitted changes";
    }

    private static string BuiltFrom()
    {
        string version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : string.Concat(version.AsSpan(plus + 1, Math.Min(10, version.Length - plus - 1)), " (as built)");
    }

    private static string? Git(string arguments, string folder)
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder,
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
        File.Exists("/proc/loadavg") ? string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : null;
}
