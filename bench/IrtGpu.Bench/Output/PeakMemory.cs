using System.Diagnostics;
using System.Globalization;

namespace IrtGpu.Bench.Output;

/// <summary>The largest resident memory of this process since a mark.</summary>
internal static class PeakMemory
{
    /// <summary>Sets the mark, after returning free memory to the system; false where the system cannot (the peak is then since the process began).</summary>
    public static bool TryReset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5"); // Linux: VmHWM := VmRSS
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static double CurrentMebibytes() => Environment.WorkingSet / (1024.0 * 1024);

    public static double PeakMebibytes()
    {
        const string status = "/proc/self/status";
        if (File.Exists(status) && File.ReadLines(status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } peak)
            return double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (1024.0 * 1024);
    }
}
