using System.CommandLine;
using System.Globalization;

namespace IrtGpu.Cli;

/// <summary><c>irtgpu devices</c>: what can compute here, and why the rest cannot.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        Command command = new("devices", "List what can compute here, its memory and precision, and why the rest cannot.");
        command.SetAction(_ =>
        {
            IReadOnlyList<string[]> rows = [.. Devices.List().Select(line => new[]
            {
                line.Name,
                line.IsAvailable ? "yes" : "no",
                line.MemoryBytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{line.MemoryBytes / (1024.0 * 1024 * 1024):0.0} GiB") : "",
                line.Precision,
                line.IsAvailable ? line.Description : line.Reason,
            })];
            TextTable.Write(["device", "available", "memory", "precision", "what, or why not"], rows);
            Console.Out.WriteLine("--device auto takes the cpu for small problems and the first cuda device for large ones.");
            return ExitCode.Done;
        });
        return command;
    }
}
