using System.Globalization;
using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Cli.Reports;
using IrtGpu.Comparison;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Saved;

namespace IrtGpu.Cli.Commands;

/// <summary><c>irtgpu compare</c> of calibrations.</summary>
internal static class CalibrationComparison
{
    /// <summary>Whether a path is a calibration, or a folder with one.</summary>
    public static bool IsCalibration(string path) => Directory.Exists(path)
        ? File.Exists(Path.Combine(path, SavedCalibration.FileName))
        : File.Exists(path) && Path.GetFileName(path).StartsWith("calibration", StringComparison.OrdinalIgnoreCase);

    public static int Run(string[] paths, ComparisonOptions options, string? output, bool isQuiet, CancellationToken cancellation)
    {
        string[] names = FitNames.Of(paths);
        using ProgressDisplay progress = ProgressDisplay.OfConsole(isQuiet);
        IReadOnlyList<ComparedFit> fits = FitComparison.Compare([.. paths.Select((path, k) => (names[k], SavedCalibration.Read(path)))], options, progress, cancellation);
        progress.End();
        bool hasEntropy = fits.Any(fit => fit.Entropy is not null);
        bool hasBootstrap = fits.Any(fit => fit.Draws is not null);
        TextTable.Write(
            ["fit", "parameters", "logLik", "AIC", "BIC", "SABIC", .. hasEntropy ? (string[])["entropy"] : [], "against", "chi-square", "df", "p", .. hasBootstrap ? (string[])["p (bootstrap)"] : []],
            [.. fits.Select(fit => (string[])
            [
                fit.Name, fit.FreeParameters.ToString(CultureInfo.InvariantCulture), Show(fit.LogLikelihood), Show(fit.Aic), Show(fit.Bic), Show(fit.Sabic),
                .. hasEntropy ? (string[])[Show(fit.Entropy)] : [], fit.Against ?? "", Show(fit.ChiSquare), fit.Df?.ToString(CultureInfo.InvariantCulture) ?? "", ShowP(fit.P),
                .. hasBootstrap ? (string[])[ShowP(fit.BootstrapP)] : [],
            ])]);
        foreach (ComparedFit fit in fits.Where(fit => fit.Note.Length > 0))
            Console.Out.WriteLine($"  {fit.Name}: {fit.Note}.");
        if (output is not null)
            AtomicFile.Write(output, stream => FitComparisonTable.Write(stream, fits), cancellation);
        return ExitCode.Done;
    }

    private static string Show(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";

    private static string ShowP(double? value) => value is { } p ? p.ToString(p < 1e-4 ? "0.00e+00" : "0.0000", CultureInfo.InvariantCulture) : "";
}
