using System.CommandLine;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reports;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu report</c>: makes the page of a folder of results.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "A folder that calibrate, regress, fit, dif or link wrote with --out." };
        Option<string[]> others = new("--with") { HelpName = "DIR", Description = "A folder whose tables are shown beside it, such as that of 'irtgpu fit' or 'irtgpu dif' (repeatable)." };
        Option<string?> plots = new("--plots") { HelpName = "DIR", Description = "Also write every picture as a file there: SVG and PNG; curves of items as SVG." };
        Command command = new("report",
            """
            Make report.html of a folder of results: one page with the verdict in words, tables and pictures, which needs no other file and works offline.

            Examples:
              irtgpu report results
              irtgpu report results --with fit --with dif
              irtgpu report results --plots pictures
            """) { folder, others, plots };
        command.SetAction(parsed =>
        {
            OutputFolder? pictures = parsed.GetValue(plots) is { } path ? OutputFolder.Prepare(path) : null;
            Console.Out.WriteLine($"Written to {Path.GetFullPath(HtmlReport.Write(parsed.GetValue(folder)!, parsed.GetValue(others) ?? []))}");
            if (pictures is not null)
                Console.Out.WriteLine($"Written to {pictures.FullPath}: {HtmlReport.WritePlots(parsed.GetValue(folder)!, pictures, parsed.GetValue(others) ?? []).Count} pictures");
            return ExitCode.Done;
        });
        return command;
    }
}
