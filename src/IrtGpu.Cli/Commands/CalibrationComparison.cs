using System.Globalization;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Comparison;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu compare</c> of calibrations.</summary>
internal static class CalibrationComparison
{
    /// <summary>Whether a path is a calibration, or a folder with one.</summary>
    public static bool IsCalibration(string path) => Directory.Exists(path)
        ? File.Exists(Path.Combine(path, SavedCalibration.FileName))
        : File.Exists(path) && Path.GetFileName(path).StartsWith("calibration", StringComparison.OrdinalIgnoreCase);

    /// <param name="paths">The fits.</param>
    /// <param name="options">Bootstrap and threads.</param>
    /// <param name="data">The data of the calibrations, and how they are read; null: they are not needed.</param>
    /// <param name="output">Table to write; null: none.</param>
    /// <param name="isQuiet">Whether progress is left out.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static int Run(string[] paths, ComparisonOptions options, (string Path, ResponseReaderOptions Options)? data, string? output, bool isQuiet, CancellationToken cancellation)
    {
        string[] names = FitNames.Of(paths);
        using ProgressDisplay progress = ProgressDisplay.OfConsole(isQuiet);
        using ResponseData? responses = data is { } named ? Read(named.Path, named.Options, paths[0], progress, cancellation) : null;
        PatternTable? patterns = responses is null ? null : PatternTable.Compress(responses);
        IReadOnlyList<ComparedFit> fits = FitComparison.Compare([.. paths.Select((path, k) => (names[k], SavedCalibration.Read(path)))], options, patterns, progress, cancellation);
        progress.End();
        bool hasEntropy = fits.Any(fit => fit.Entropy is not null);
        bool hasBootstrap = fits.Any(fit => fit.Draws is not null);
        bool hasVuong = fits.Any(fit => fit.VuongP is not null);
        TextTable.Write(
            ["fit", "parameters", "logLik", "AIC", "BIC", "SABIC", .. hasEntropy ? (string[])["entropy"] : [], "against", "chi-square", "df", "p", .. hasBootstrap ? (string[])["p (bootstrap)"] : [],
                .. hasVuong ? (string[])["p (VLMR)", "p (LMR)"] : []],
            [.. fits.Select(fit => (string[])
            [
                fit.Name, fit.FreeParameters.ToString(CultureInfo.InvariantCulture), Show(fit.LogLikelihood), Show(fit.Aic), Show(fit.Bic), Show(fit.Sabic),
                .. hasEntropy ? (string[])[Show(fit.Entropy)] : [], fit.Against ?? "", Show(fit.ChiSquare), fit.Df?.ToString(CultureInfo.InvariantCulture) ?? "", ShowP(fit.P),
                .. hasBootstrap ? (string[])[ShowP(fit.BootstrapP)] : [], .. hasVuong ? (string[])[ShowP(fit.VuongP), ShowP(fit.AdjustedP)] : [],
            ])]);
        foreach (ComparedFit fit in fits.Where(fit => fit.Note.Length > 0))
            Console.Out.WriteLine($"  {fit.Name}: {fit.Note}.");
        if (output is not null)
            AtomicFile.Write(output, stream => FitComparisonTable.Write(stream, fits), cancellation);
        return ExitCode.Done;
    }

    /// <summary>Data as a fit reads them.</summary>
    private static ResponseData Read(string path, ResponseReaderOptions options, string fit, ProgressDisplay progress, CancellationToken cancellation)
    {
        ScoringModel model = ScoringModel.Read(fit);
        ResponseData read = ResponseReader.Read(path, model.ReaderOptions(options), progress, cancellation);
        ResponseData responses = model.Match(read, path);
        if (model.InputSha256.Length > 0 && responses.Sha256 != model.InputSha256)
            throw new SpecificationException($"--data '{path}' is not the file that '{fit}' was calibrated on. Give that file, as the test compares the likelihoods of its persons.");
        foreach (string warning in (IEnumerable<string>)[.. model.Warnings, .. responses.Warnings.Select(warning => warning.ToString())])
            progress.Say($"warning: {warning}");
        return responses;
    }

    private static string Show(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";

    private static string ShowP(double? value) => value is { } p ? p.ToString(p < 1e-4 ? "0.00e+00" : "0.0000", CultureInfo.InvariantCulture) : "";
}
