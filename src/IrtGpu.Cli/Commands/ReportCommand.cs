using System.CommandLine;
using IrtGpu.Reports;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu report</c>: makes the page of a folder of results.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "A folder that calibrate, regress, fit, dif or link wrote with --out." };
        Option<string[]> others = new("--with") { HelpName = "DIR", Description = "A folder whose tables are shown beside it, such as that of 'irtgpu fit' or 'irtgpu dif' (repeatable)." };
        Command command = new("report",
            """
            Make report.html of a folder of results: one page with the verdict in words, tables and pictures, which needs no other file and works offline.

            Examples:
              irtgpu report results
              irtgpu report results --with fit --with dif
            """) { folder, others };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine($"Written to {Path.GetFullPath(HtmlReport.Write(parsed.GetValue(folder)!, parsed.GetValue(others) ?? []))}");
            return ExitCode.Done;
        });
        return command;
    }
}
