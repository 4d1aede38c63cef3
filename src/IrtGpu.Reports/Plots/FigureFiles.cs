using System.Text;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Pages;
using ScottPlot;

namespace IrtGpu.Reports.Plots;

/// <summary>Writes the pictures of a page as files: SVG for print, PNG for slides.</summary>
internal static class FigureFiles
{
    private const int Width = 900;

    /// <summary>Writes the pictures of all sections in both forms, and the curves of every item as SVG.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="page">The page.</param>
    /// <returns>Names of the files.</returns>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(OutputFolder folder, Page page)
    {
        List<string> names = [];
        foreach (Figure figure in page.Sections.SelectMany(section => section.Figures).Where(figure => figure.Series.Any(series => series.Y.Length > 0)))
        {
            using Plot plot = FigurePlot.Of(figure, figure.Title);
            Write($"{figure.Id}.svg", Encoding.UTF8.GetBytes(plot.GetSvgXml(Width, figure.Height + 80)));
            Write($"{figure.Id}.png", plot.GetImageBytes(Width, figure.Height + 80, ImageFormat.Png));
        }
        for (int item = 0; item < page.Items.Count; item++)
        {
            foreach (Figure figure in page.Items[item].Figures)
            {
                using Plot plot = FigurePlot.Of(figure, page.Items[item].Name);
                Write(FormattableString.Invariant($"item-{item + 1}-{figure.Id}.svg"), Encoding.UTF8.GetBytes(plot.GetSvgXml(Width, figure.Height + 80)));
            }
        }
        return names;

        void Write(string name, byte[] content)
        {
            AtomicFile.Write(Path.Combine(folder.FullPath, name), stream => stream.Write(content));
            names.Add(name);
        }
    }
}
