using System.Diagnostics;
using System.Globalization;
using System.Text;

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
        Assert.SkipWhen(IgnoresInterrupts(), "interrupts are ignored here, as in jobs that a shell runs in the background; commands inherit that");
        Assert.Equal(0, command.Run("simulate", command.WriteModel(), "--persons", "2000", "--out", "d.csv").ExitCode);
        Interrupt(
            "-INT", "calibrate", "d.csv", "--group", "group", "--out", "r", "--tolerance", "1e-300", "--max-cycles", "100000000", "--accelerate", "none", "--se", "none", "--scores", "none");
        Assert.Contains("\"termination\": \"interrupted\"", File.ReadAllText(command.PathOf("r/fit.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_to_terminate_is_heard_in_standard_errors_and_the_estimates_are_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        Random random = new(1);
        StringBuilder table = new(string.Join(',', Enumerable.Range(0, 400).Select(item => $"q{item}")) + "\n");
        for (int person = 0; person < 1000; person++)
            table.Append(string.Join(',', Enumerable.Range(0, 400).Select(_ => random.Next(2)))).Append('\n');
        command.Write("d.csv", table.ToString());
        Interrupt("-TERM", "calibrate", "d.csv", "--model", "2pl", "--max-cycles", "2", "--threads", "1", "--out", "r");
        string fit = File.ReadAllText(command.PathOf("r/fit.json"));
        Assert.Contains("None, because the run was interrupted.", fit, StringComparison.Ordinal);
        Assert.Equal(801, command.ReadLines("r/items.csv").Length);
    }

    /// <summary>Whether this process was started with SIGINT ignored, by the bit set that Linux tells.</summary>
    private static bool IgnoresInterrupts()
    {
        const string Field = "SigIgn:";
        const string Status = "/proc/self/status";
        string? ignored = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        return ignored is not null && (ulong.Parse(ignored.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10) != 0;
    }

    /// <summary>Runs a command that would go on for long, sends it a signal while it computes, and waits for its end.</summary>
    private void Interrupt(string signal, params string[] arguments)
    {
        using Process process = command.Start(arguments);
        while (process.TotalProcessorTime < TimeSpan.FromSeconds(2)) // start and reading take a fraction of that, on however busy a machine
            Assert.False(process.WaitForExit(20));
        using (Process kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        bool ended = process.WaitForExit(300_000);
        if (!ended)
            process.Kill(); // it would compute for ever
        Assert.True(ended);
        Assert.Equal(130, process.ExitCode);
    }
}
