using System.Diagnostics;
using IrtGpu.Cli;

namespace IrtGpu.Tests.Cli;

/// <summary>Runs the built command in a folder of its own.</summary>
public sealed class CommandProcess : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("irtgpu-cli-").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    public string[] ReadLines(string name) => File.ReadAllLines(PathOf(name));

    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "IrtGpu.Cli.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["IRTGPU_DEVICE"] = "";
        start.Environment["IRTGPU_TRACE"] = "";
        return Process.Start(start)!;
    }

    public (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
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

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
