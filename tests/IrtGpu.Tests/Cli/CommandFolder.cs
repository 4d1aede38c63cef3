using System.Diagnostics;
using IrtGpu.Cli;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Tests.Docs;

namespace IrtGpu.Tests.Cli;

/// <summary>A folder of its own and the command run in it: within this process, or as a process where that is what is tested.</summary>
internal sealed class CommandFolder : IDisposable
{
    private static readonly Lock OneAtATime = new(); // the working directory is the process's

    public string FullPath { get; } = Directory.CreateTempSubdirectory("irtgpu-").FullName;

    public string PathOf(string name) => Path.Combine(FullPath, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    /// <summary>Copies one of the data files that lie beside the tests.</summary>
    public string Take(string name)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Cli", "Files", name), PathOf(name));
        return name;
    }

    /// <summary>Copies an example of the documentation.</summary>
    public string TakeExample(string name)
    {
        File.Copy(Path.Combine(DocumentationFolder.Root, "docs", "examples", name), PathOf(name));
        return name;
    }

    public string[] ReadLines(string name) => File.ReadAllLines(PathOf(name));

    /// <summary>Runs the command within this process.</summary>
    public (int ExitCode, string Output, string Error) Run(params IEnumerable<string> arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        lock (OneAtATime)
        {
            string before = Environment.CurrentDirectory;
            Environment.CurrentDirectory = FullPath;
            try
            {
                int exitCode = RoutedConsole.Run(output, error, () => CommandLine.RunAsync([.. arguments]).GetAwaiter().GetResult());
                return (exitCode, output.ToString(), error.ToString());
            }
            finally
            {
                Environment.CurrentDirectory = before;
            }
        }
    }

    /// <summary>Starts the command as a process.</summary>
    public Process Start(params IEnumerable<string> arguments) => StartWith(Environment.GetEnvironmentVariable(VectorWidth.Variable) ?? "", arguments);

    private Process StartWith(string vectorWidth, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("dotnet") { WorkingDirectory = FullPath, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "IrtGpu.Cli.dll")))
            start.ArgumentList.Add(argument);
        start.Environment["IRTGPU_DEVICE"] = "";
        start.Environment[VectorWidth.Variable] = vectorWidth;
        return Process.Start(start)!;
    }

    /// <summary>Runs the command as a process to its end.</summary>
    public (int ExitCode, string Output, string Error) RunProcess(params IEnumerable<string> arguments) => End(Start(arguments));

    /// <summary>Runs the command as a process to its end, with vectors of a width.</summary>
    /// <param name="vectorWidth">What IRTGPU_VECTOR says.</param>
    /// <param name="arguments">Arguments.</param>
    public (int ExitCode, string Output, string Error) RunWithVectors(string vectorWidth, IEnumerable<string> arguments) => End(StartWith(vectorWidth, arguments));

    private static (int ExitCode, string Output, string Error) End(Process started)
    {
        using Process process = started;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>A small model to draw from: four items of 2 to 3 categories, two groups.</summary>
    public string WriteModel() => Write("model.yaml",
        """
        model: {"q*": 2pl, "p*": gpcm}
        items: {q1: 2, q2: 2, q3: [1, 2], p1: 3}
        groups: {A: 2, B: 1}
        parameters:
          q1: {a1: 1.2, d: -0.5}
          q2: {a1: 0.9, d: 0.5}
          q3: {a1: 1.5, d: 0}
          p1: {a1: 0.8, d1: 0.4, d2: 0.1}
        population:
          - {parameter: mean, group: B, start: 0.7}
        """);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
