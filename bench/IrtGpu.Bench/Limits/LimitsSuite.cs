using IrtGpu.Bench.Output;
using IrtGpu.Kernels.Measuring;

namespace IrtGpu.Bench.Limits;

/// <summary>What this machine can do at best, which the other suites set their rates beside.</summary>
internal static class LimitsSuite
{
    public static void Run(BenchOptions options)
    {
        ResultFile file = new("Limits of the machine", options);
        MarkdownTable table = new("device", "multiply-adds a second", "limit, pin/s", "copy GB/s", "upload GB/s", "download GB/s");
        LimitTable limits = new(options.IsQuick);
        foreach (int threads in options.ThreadCounts)
            table.Add(Row(FormattableString.Invariant($"cpu, {threads} {(threads == 1 ? "thread" : "threads")}"), "cpu", threads, limits));
        foreach (string device in options.Accelerators)
            table.Add(Row(device, device, 0, limits));
        file.Add("Double precision, best of five. Multiply-adds: independent chains in registers, one fused operation or one product and sum counts once. "
            + "The limit in pin/s is half of it: through tables a pin costs two additions, one to the log-likelihood and one to the expected counts. "
            + "Forms of the E-step that add several items at once, or go through sufficient statistics, can pass it. "
            + "Copies: bytes copied in the device's own memory, and from and to page-locked memory of the host."
            + (options.IsQuick ? " **Quick run: the figures mean little.**" : "")).Add(table);
        file.Write(Path.Combine(options.DeviceFolder, "limits.md"));
    }

    private static string[] Row(string name, string device, int threads, LimitTable limits)
    {
        MachineLimits found = limits.Of(device, threads);
        return
        [
            name, MarkdownTable.Number(found.MultiplyAddsPerSecond), MarkdownTable.Number(limits.PinsPerSecond(device, threads)),
            MarkdownTable.Number(found.CopyBytesPerSecond / 1e9), MarkdownTable.Number(found.UploadBytesPerSecond / 1e9), MarkdownTable.Number(found.DownloadBytesPerSecond / 1e9),
        ];
    }
}
