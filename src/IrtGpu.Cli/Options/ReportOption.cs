using System.CommandLine;
using IrtGpu.Compute;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reports;

namespace IrtGpu.Cli.Options;

/// <summary><c>--report</c> and <c>--plots</c>: whether a page is made of the tables, and pictures as files.</summary>
internal sealed class ReportOption
{
    private readonly Option<string> report = new("--report") { HelpName = "html|none", Description = "Whether report.html is written beside the tables (default: html); 'irtgpu report DIR' makes it later.", DefaultValueFactory = _ => "html" };

    public void AddTo(Command command) => command.Options.Add(report);

    /// <summary>Whether a page is wanted.</summary>
    /// <exception cref="Specification.SpecificationException">The option has another value.</exception>
    public bool IsWanted(ParseResult parsed) => Choice.Parse("--report", parsed.GetValue(report)!, ("html", true), ("none", false));

    /// <summary>Writes the page of a folder.</summary>
    /// <param name="folder">The folder, whose tables are written.</param>
    /// <param name="point">The estimates of a calibration; null for others.</param>
    /// <returns>The name of the file, for the list of files.</returns>
    public static string Write(OutputFolder folder, ModelPoint? point = null) => Path.GetFileName(HtmlReport.Write(folder.FullPath, null, point));
}
