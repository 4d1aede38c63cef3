using System.Diagnostics;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Reporting;

namespace IrtGpu.Cli.Commands;

/// <summary>What <c>regress</c> does where there are classes or priors.</summary>
/// <param name="Formula">The formula.</param>
/// <param name="Path">The data.</param>
/// <param name="Options">Classes, priors, estimation.</param>
/// <param name="Output">Folder for the results.</param>
/// <param name="WithFitted">Whether <c>fitted.csv</c> is wanted.</param>
/// <param name="WithPlot">Whether <c>classes.svg</c> is wanted.</param>
/// <param name="IsQuiet">No report and no progress.</param>
/// <param name="AsJson">The summary as JSON in place of the report.</param>
/// <param name="WantsPage">Whether <c>report.html</c> is wanted.</param>
/// <param name="Draws">Draws that are wanted; null: none.</param>
/// <param name="Arguments">Arguments of the run, kept in <c>run.json</c>.</param>
internal sealed record MixtureRun(string Formula, string Path, MixtureOptions Options, OutputFolder Output, bool WithFitted, bool WithPlot, bool IsQuiet, bool AsJson, bool WantsPage,
    DrawRequest? Draws, IReadOnlyList<string> Arguments)
{
    /// <summary>Fits, writes and reports.</summary>
    /// <param name="table">The data as read.</param>
    /// <param name="readSeconds">What reading took.</param>
    /// <param name="rowName">Names of the rows, by 1-based row.</param>
    /// <param name="progress">Shows how far the work is.</param>
    /// <param name="cancellation">Ends the work after the step at hand.</param>
    /// <returns>The exit code.</returns>
    public int Execute(DataTable table, double readSeconds, Func<int, string> rowName, ProgressDisplay progress, CancellationToken cancellation)
    {
        MixtureFit fit = MixtureModel.Fit(Formula, table, Options, new RegressionProgress(progress, progress), cancellation);
        if (Draws is not null)
            fit = RegressionPosterior.WithDraws(fit, Draws, progress, cancellation);
        progress.Report("writing the tables");
        fit = fit with { Seconds = fit.Seconds with { Read = readSeconds } };
        using Process process = Process.GetCurrentProcess();
        IReadOnlyList<string> files = MixtureFiles.Write(Output, fit, table.Sha256, process.PeakWorkingSet64, rowName, WithFitted, WithPlot, Arguments);
        if (WantsPage)
            files = [.. files, ReportOption.Write(Output)];
        progress.End();
        foreach (string warning in fit.Warnings)
            progress.Say($"warning: {warning}");
        if (AsJson)
        {
            Console.Out.WriteLine(MixtureSummary.ToJson(fit, table.Sha256, process.PeakWorkingSet64));
        }
        else if (!IsQuiet)
        {
            MixtureReport.Write(Console.Out, fit, Path);
            if (fit.Draws is { } draws)
                DrawReport.Write(Console.Out, draws.Parameters);
            Console.Out.WriteLine($"Ended        {fit.Termination.Message}");
            Console.Out.WriteLine(FormattableString.Invariant($"Time         {fit.Seconds.Total:0.00} s"));
            Console.Out.WriteLine($"Written to {Output.FullPath}: {string.Join(", ", files)}");
        }
        if (cancellation.IsCancellationRequested)
            return ExitCode.Interrupted;
        if (Draws is not null && fit.Draws is null)
            return ExitCode.NotConverged;
        if (fit.Termination.Kind == TerminationKind.Converged)
            return ExitCode.Done;
        Console.Error.WriteLine($"irtgpu: {fit.Termination.Message}");
        return ExitCode.NotConverged;
    }
}
