using System.CommandLine;
using System.Globalization;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Reports;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu devices</c>: what can compute here, and why the rest cannot.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        Command command = new("devices", "List what can compute here, its memory and precision, and why the rest cannot.");
        command.SetAction(_ =>
        {
            IReadOnlyList<string[]> rows = [.. Devices.List(new AcceleratorCatalog()).Select(device => new[]
            {
                device.Name.ToString(),
                device.IsAvailable ? "yes" : "no",
                device.MemoryBytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{device.MemoryBytes / (1024.0 * 1024 * 1024):0.0} GiB") : "",
                device.SupportsDouble ? "double" : "",
                !device.IsAvailable ? device.Reason : device.Driver.Length > 0 ? $"{device.Description}, {device.Driver}" : device.Description,
            })];
            TextTable.Write(["device", "available", "memory", "precision", "what, or why not"], rows);
            Console.Out.WriteLine("--device auto takes the cpu for small problems and the first cuda device for large ones.");
            return ExitCode.Done;
        });
        return command;
    }
}
