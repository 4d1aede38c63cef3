namespace IrtGpu.Reports.Tests.Browsers;

/// <summary>The browser of this machine: none is downloaded.</summary>
internal static class Chromium
{
    private const string Variable = "IRTGPU_CHROMIUM";
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    /// <summary>The program; null where there is none.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Why there is none.</summary>
    public const string Missing = $"There is no chromium on the PATH, so that pages are not tried in a browser. Install it, or name it in {Variable}.";

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
