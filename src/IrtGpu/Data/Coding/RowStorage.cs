namespace IrtGpu.Data.Coding;

/// <summary>Where coded responses are kept: in memory up to a limit, beyond it in a temporary file that is read as it is needed.</summary>
/// <remarks>
/// The file lies in the address space, so that the system keeps in memory what fits and no more. It has no name once opened
/// (on Windows: none once closed), so it is gone when the process ends, however it ends; only its owner may read it.
/// </remarks>
public sealed record RowStorage
{
    private const int ShareOfMemory = 4;

    /// <summary>A quarter of the memory that the process may use, and the system's folder for large temporary files.</summary>
    public static RowStorage Default { get; } = new();

    /// <summary>Most bytes of responses held in memory; one byte a response.</summary>
    public long MemoryLimit { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory;

    /// <summary>
    /// Folder of the temporary file. Unless said otherwise that of <c>TMPDIR</c>; where it is not set, <c>/var/tmp</c> on Linux, since
    /// <c>/tmp</c> often lies in memory there, and the user's temporary folder elsewhere.
    /// </summary>
    public string Folder { get; init; } = DefaultFolder();

    private static string DefaultFolder()
    {
        const string Large = "/var/tmp";
        bool isChosen = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("TMPDIR"));
        return OperatingSystem.IsLinux() && !isChosen && Directory.Exists(Large) ? Large : Path.GetTempPath();
    }
}
