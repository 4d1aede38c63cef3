using System.Net;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Results;

namespace IrtGpu.Regression.Reporting.Plots;

/// <summary>A picture of a mixture as SVG: rows in the colour of their likeliest class, with the mean of each class over the first predictor that holds numbers.</summary>
/// <remarks>Without such a predictor: the response as a histogram, stacked by class, with the density of each class.</remarks>
internal static class ClassPlot
{
    private const int MostPoints = 5000;
    private const int CurvePoints = 200;
    private const int Bins = 40;

    /// <summary>Colours that most people with colour blindness tell apart (Okabe &amp; Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999"];

    /// <param name="stream">Where to.</param>
    /// <param name="fit">The mixture.</param>
    public static void Write(Stream stream, MixtureFit fit)
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        string[] predictors = [.. fit.Problem.Frame.Formula.PredictorColumns.Select(column => column.Text).Where(name => name != fit.EffectGroup)];
        string? predictor = predictors.FirstOrDefault(name => fit.Problem.Frame.Rows.Source.IsNumeric(name));
        if (predictor is null)
            WriteHistogram(writer, fit);
        else
            WriteScatter(writer, fit, predictor, predictors.Length == 1);
    }

    private static void WriteScatter(StreamWriter writer, MixtureFit fit, string predictor, bool isFunction)
    {
        double[] x = fit.Problem.Frame.Rows.Numbers(predictor);
        double[] y = fit.Problem.Frame.Response!;
        PlotAxes axes = new(writer, predictor, fit.Problem.Frame.Formula.Response!.ToString(), x.Min(), x.Max(), y.Min(), y.Max());
        axes.Begin();
        int[] ofRow = ClassOfRow(fit);
        int step = Math.Max(1, (x.Length + MostPoints - 1) / MostPoints);
        for (int row = 0; row < x.Length; row += step)
            axes.Point(x[row], y[row], Colour(ofRow[row]));
        double[] means = MixtureMeans.OfClasses(fit.Problem, fit.Full);
        int[] sorted = [.. Enumerable.Range(0, x.Length).OrderBy(row => x[row])];
        int[] shown = [.. Enumerable.Range(0, Math.Min(CurvePoints, sorted.Length)).Select(index => sorted[(int)((long)index * (sorted.Length - 1) / Math.Max(1, Math.Min(CurvePoints, sorted.Length) - 1))])];
        for (int k = 0; k < fit.Classes && isFunction; k++)
            axes.Curve([.. shown.Select(row => x[row])], [.. shown.Select(row => means[row * fit.Classes + k])], Colour(k));
        axes.End(Legend(fit));
    }

    private static void WriteHistogram(StreamWriter writer, MixtureFit fit)
    {
        double[] y = fit.Problem.Frame.Response!;
        int[] ofRow = ClassOfRow(fit);
        double low = y.Min();
        double width = Math.Max((y.Max() - low) / Bins, 1e-300);
        int[][] counts = [.. Enumerable.Range(0, Bins).Select(_ => new int[fit.Classes])];
        for (int row = 0; row < y.Length; row++)
            counts[Math.Min(Bins - 1, (int)((y[row] - low) / width))][ofRow[row]]++;
        double[] at = [.. Enumerable.Range(0, CurvePoints + 1).Select(index => low + index * Bins * width / CurvePoints)];
        double[][] densities = [.. Enumerable.Range(0, fit.Classes).Select(k => Densities(fit, k, at, y.Length * width))];
        double highest = Math.Max(counts.Max(bin => bin.Sum()), densities.Max(curve => curve.Max()));
        PlotAxes axes = new(writer, fit.Problem.Frame.Formula.Response!.ToString(), "rows", low, low + Bins * width, 0, highest);
        axes.Begin();
        for (int bin = 0; bin < Bins; bin++)
        {
            int below = 0;
            for (int k = 0; k < fit.Classes; k++)
            {
                axes.Bar(low + bin * width, low + (bin + 1) * width, below, below + counts[bin][k], Colour(k));
                below += counts[bin][k];
            }
        }
        for (int k = 0; k < fit.Classes; k++)
            axes.Curve(at, densities[k], Colour(k));
        axes.End(Legend(fit));
    }

    /// <summary>π_k N(y; μ_k, σ_k²) at points, with the mean of the first row and the mean proportion, times a number.</summary>
    private static double[] Densities(MixtureFit fit, int ofClass, double[] at, double times)
    {
        double sigma = fit.Parameters.First(row => row.Parameter == "sigma" && (row.Class == ofClass + 1 || row.Class == 0)).Estimate;
        double mean = MixtureMeans.OfClasses(fit.Problem, fit.Full)[ofClass];
        double share = MixtureMeans.Proportions(fit.Problem, fit.Full).Where((_, index) => index % fit.Classes == ofClass).Average();
        return Array.ConvertAll(at, y => times * share * Math.Exp(-0.5 * (y - mean) / sigma * (y - mean) / sigma) / (sigma * Math.Sqrt(2 * Math.PI)));
    }

    private static int[] ClassOfRow(MixtureFit fit)
    {
        int[] likeliest = fit.LikeliestClasses();
        int[]? unitOfRow = fit.Problem.Data.UnitOfRow;
        return unitOfRow is null ? likeliest : Array.ConvertAll(unitOfRow, unit => likeliest[unit]);
    }

    private static (string Text, string Colour)[] Legend(MixtureFit fit) =>
        [.. Enumerable.Range(0, fit.Classes).Select(k => (WebUtility.HtmlEncode(FormattableString.Invariant($"class {k + 1}{(k < fit.Classification.Count ? $" ({fit.Classification[k].Known})" : "")}")), Colour(k)))];

    private static string Colour(int ofClass) => Colours[ofClass % Colours.Length];
}
