using IrtGpu.Compute;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reports.Calibrations;
using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;
using IrtGpu.Reports.Plots;
using IrtGpu.Reports.Regressions;

namespace IrtGpu.Reports;

/// <summary>Makes <c>report.html</c> of a folder of results: one file that needs no other and works offline.</summary>
public static class HtmlReport
{
    /// <summary>Writes the page of a folder into it.</summary>
    /// <param name="folder">A folder that a command wrote.</param>
    /// <param name="others">Folders whose tables are shown beside its own, such as those of <c>fit</c> and <c>dif</c>.</param>
    /// <param name="point">The estimates of a calibration, where they are at hand; null: as <c>calibration.json</c> has them.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DataException">The folder, or a table in it, is missing or damaged.</exception>
    /// <exception cref="OutputException">The page cannot be written.</exception>
    public static string Write(string folder, IReadOnlyList<string>? others = null, ModelPoint? point = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Page page = PageOf(ResultFolder.Open(folder, others), point);
        string path = Path.Combine(folder, ResultSet.PageName);
        AtomicFile.Write(path, stream => PageWriter.Write(stream, page));
        return path;
    }

    /// <summary>Writes the pictures of a folder's page as files: SVG and PNG, curves of items as SVG alone.</summary>
    /// <param name="folder">A folder that a command wrote.</param>
    /// <param name="plots">Where to.</param>
    /// <param name="others">Folders whose tables are shown beside its own.</param>
    /// <param name="point">The estimates of a calibration, where they are at hand; null: as <c>calibration.json</c> has them.</param>
    /// <returns>Names of the files.</returns>
    /// <exception cref="DataException">The folder, or a table in it, is missing or damaged.</exception>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> WritePlots(string folder, OutputFolder plots, IReadOnlyList<string>? others = null, ModelPoint? point = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(plots);
        return FigureFiles.Write(plots, PageOf(ResultFolder.Open(folder, others), point));
    }

    internal static Page PageOf(ResultFolder folder, ModelPoint? point = null) => folder.Kind switch
    {
        ResultKind.Calibration => CalibrationPage.Of(folder, point),
        ResultKind.Regression => RegressionPage.Of(folder),
        ResultKind.Fit => CheckPages.OfFit(folder),
        ResultKind.Differential => CheckPages.OfDifferences(folder),
        ResultKind.Linking => CheckPages.OfLinking(folder),
        _ => throw new ArgumentOutOfRangeException(nameof(folder), folder.Kind, "There is no page of such results."),
    };
}
