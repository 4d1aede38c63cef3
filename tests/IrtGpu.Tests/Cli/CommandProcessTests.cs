using System.Diagnostics;
using System.Globalization;
using IrtGpu.Cli;

namespace IrtGpu.Tests.Cli;

/// <summary>What only a process can show: its exit code, its streams, its signals.</summary>
public sealed class CommandProcessTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public void Exit_codes_and_streams_are_those_of_the_process()
    {
        (int code, string output, string error) = command.RunProcess("--version");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("0.1.0", output, StringComparison.Ordinal);
        (code, output, error) = command.RunProcess("calibrate", "none.csv", "--out", "o");
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("There is no such file", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_ends_after_the_cycle_and_writes_the_results()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        Assert.Equal(0, command.Run("simulate", command.WriteModel(), "--persons", "2000", "--out", "d.csv").ExitCode);
        using Process process = command.Start(
            "calibrate", "d.csv", "--group", "group", "--out", "r", "--tolerance", "1e-300", "--max-cycles", "100000000", "--accelerate", "none", "--se", "none", "--scores", "none");
        while (process.TotalProcessorTime < TimeSpan.FromSeconds(2)) // start and reading take a fraction of that, on however busy a machine
            Assert.False(process.WaitForExit(20));
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        Assert.True(process.WaitForExit(60_000));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("\"termination\": \"interrupted\"", File.ReadAllText(command.PathOf("r/fit.json")), StringComparison.Ordinal);
    }
}
