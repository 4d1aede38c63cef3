using System.Text;
using IrtGpu.Cli;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Fuzzing;

/// <summary>One command on one input, in a folder of its own, and what is to be said against how it went.</summary>
internal sealed class FuzzTry : IDisposable
{
    private static readonly int[] Contract = [ExitCode.Done, ExitCode.BadArguments, ExitCode.BadData, ExitCode.NotConverged];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("irtgpu-fuzz-");
    private readonly FuzzCorpus corpus;

    public FuzzTry(FuzzCorpus corpus) => this.corpus = corpus;

    /// <summary>Runs it.</summary>
    /// <param name="target">Whose input it is.</param>
    /// <param name="command">One of its commands.</param>
    /// <param name="input">The file's content.</param>
    /// <returns>What went wrong; null: nothing.</returns>
    public string? Run(FuzzTarget target, string[] command, byte[] input)
    {
        string file = Path.Combine(folder.FullName, target.FileName);
        string output = Path.Combine(folder.FullName, "out");
        File.WriteAllBytes(file, input);
        using StringWriter written = new();
        using StringWriter error = new();
        int exitCode;
        try
        {
            string text = Encoding.UTF8.GetString(input).Replace("\0", "", StringComparison.Ordinal); // no argument of a process can hold it
            string[] arguments = [.. command.SelectMany(argument => argument switch
            {
                "FILE" => [file],
                "TEXT" => [text],
                "LINES" => text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                _ when argument.StartsWith("OUT", StringComparison.Ordinal) => [output + argument[3..]],
                _ when argument.StartsWith('@') => [corpus.PathOf(argument[1..])],
                _ => (string[])[argument],
            })];
            exitCode = RoutedConsole.Run(written, error, () => CommandLine.RunAsync(arguments).GetAwaiter().GetResult());
        }
        catch (Exception exception)
        {
            return $"an exception escaped: {exception}";
        }
        string? problem = Judge(exitCode, error.ToString(), Written(file));
        foreach (FileInfo left in folder.GetFiles())
            left.Delete();
        foreach (DirectoryInfo left in folder.GetDirectories())
            left.Delete(recursive: true);
        return problem;
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string[] Written(string input) => [.. Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Where(path => path != input)];

    private static string? Judge(int exitCode, string error, string[] written)
    {
        if (!Contract.Contains(exitCode))
            return $"exit code {exitCode}: {error}";
        if (error.Contains("   at ", StringComparison.Ordinal) && Environment.GetEnvironmentVariable("IRTGPU_TRACE") is not { Length: > 0 })
            return $"a stack trace: {error}";
        if (written.FirstOrDefault(path => path.EndsWith(".tmp", StringComparison.Ordinal)) is { } half)
            return $"a file half written is left: {half}";
        if (exitCode is ExitCode.BadArguments or ExitCode.BadData)
            return error.Length == 0 ? "refused without a word" : written.Length > 0 ? $"refused, and yet wrote {written[0]}" : null;
        if (written.Any(path => Path.GetFileName(path) == "fit.json") && !written.Any(path => Path.GetFileName(path) == "run.json"))
            return "results without the list that closes them";
        return written.FirstOrDefault(path => path.EndsWith(".json", StringComparison.Ordinal) && File.ReadAllText(path).Contains(": NaN", StringComparison.Ordinal)) is { } unsound
            ? $"{unsound} holds NaN" : null;
    }
}
