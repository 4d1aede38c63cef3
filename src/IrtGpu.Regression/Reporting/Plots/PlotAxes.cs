using System.Globalization;
using System.Net;

namespace IrtGpu.Regression.Reporting.Plots;

/// <summary>Axes of a picture as SVG, and what stands in them.</summary>
/// <param name="writer">Where to.</param>
/// <param name="xName">What is to the right.</param>
/// <param name="yName">What is up.</param>
/// <param name="left">Least x.</param>
/// <param name="right">Largest x.</param>
/// <param name="bottom">Least y.</param>
/// <param name="top">Largest y.</param>
internal sealed class PlotAxes(TextWriter writer, string xName, string yName, double left, double right, double bottom, double top)
{
    private const int Width = 640;
    private const int Height = 400;
    private const int Margin = 50;
    private const int Ticks = 5;

    private readonly double xSpan = right > left ? right - left : 1;
    private readonly double ySpan = top > bottom ? top - bottom : 1;

    /// <summary>Opens the picture and draws axes with ticks.</summary>
    public void Begin()
    {
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Line($"<clipPath id=\"inside\"><rect x=\"{Margin}\" y=\"{Margin / 2}\" width=\"{Width - 1.5 * Margin}\" height=\"{Height - 1.5 * Margin}\"/></clipPath>");
        Line($"<path d=\"M{Margin} {Margin / 2}V{Height - Margin}H{Width - Margin / 2}\" fill=\"none\" stroke=\"black\"/>");
        foreach (double tick in TicksOf(left, left + xSpan))
        {
            Line($"<path d=\"M{X(tick):0.0} {Height - Margin}v5\" stroke=\"black\"/>");
            Line($"<text x=\"{X(tick):0.0}\" y=\"{Height - Margin + 18}\" text-anchor=\"middle\">{tick:0.######}</text>");
        }
        foreach (double tick in TicksOf(bottom, bottom + ySpan))
        {
            Line($"<path d=\"M{Margin} {Y(tick):0.0}h-5\" stroke=\"black\"/>");
            Line($"<text x=\"{Margin - 8}\" y=\"{Y(tick) + 4:0.0}\" text-anchor=\"end\">{tick:0.######}</text>");
        }
        Line($"<text x=\"{(Width + Margin) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(xName)}</text>");
        Line($"<text x=\"14\" y=\"{Height / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {Height / 2})\">{WebUtility.HtmlEncode(yName)}</text>");
    }

    /// <summary>A point.</summary>
    public void Point(double x, double y, string colour) => Line($"<circle cx=\"{X(x):0.0}\" cy=\"{Y(y):0.0}\" r=\"2.5\" fill=\"{colour}\" fill-opacity=\"0.6\"/>");

    /// <summary>A bar; nothing where it has no height.</summary>
    public void Bar(double from, double to, double low, double high, string colour)
    {
        if (high > low)
            Line($"<rect x=\"{X(from):0.0}\" y=\"{Y(high):0.0}\" width=\"{X(to) - X(from):0.0}\" height=\"{Y(low) - Y(high):0.0}\" fill=\"{colour}\" fill-opacity=\"0.5\"/>");
    }

    /// <summary>A curve through points.</summary>
    public void Curve(double[] x, double[] y, string colour) =>
        Line($"<polyline points=\"{string.Join(' ', x.Zip(y, (a, b) => string.Create(CultureInfo.InvariantCulture, $"{X(a):0.0},{Y(b):0.0}")))}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" clip-path=\"url(#inside)\"/>");

    /// <summary>Writes the legend and closes the picture.</summary>
    public void End(IReadOnlyList<(string Text, string Colour)> legend)
    {
        for (int index = 0; index < legend.Count; index++)
        {
            Line($"<circle cx=\"{Width - 110}\" cy=\"{20 + 16 * index}\" r=\"4\" fill=\"{legend[index].Colour}\"/>");
            Line($"<text x=\"{Width - 100}\" y=\"{24 + 16 * index}\">{legend[index].Text}</text>");
        }
        Line($"</svg>");
    }

    private double X(double value) => Margin + (value - left) / xSpan * (Width - 1.5 * Margin);

    private double Y(double value) => Height - Margin - (value - bottom) / ySpan * (Height - 1.5 * Margin);

    private void Line(FormattableString text) => writer.WriteLine(FormattableString.Invariant(text));

    /// <summary>Round numbers between two: steps of 1, 2 or 5 times a power of 10.</summary>
    private static IEnumerable<double> TicksOf(double low, double high)
    {
        double rough = (high - low) / Ticks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        if (!double.IsFinite(step) || !(step > 0))
            yield break;
        for (double tick = Math.Ceiling(low / step); tick * step <= high + 1e-9 * step && tick < Math.Ceiling(low / step) + 4 * Ticks; tick++)
            yield return tick * step;
    }
}
