using IrtGpu.Reports.Figures;
using ScottPlot;
using ScottPlot.Plottables;

namespace IrtGpu.Reports.Plots;

/// <summary>Draws a figure with ScottPlot, in the colours that the page has in light.</summary>
internal static class FigurePlot
{
    private const int MostLegend = 8;
    private const double WrightShare = 0.6; // of the picture for the items

    /// <summary>Colours that most people with colour blindness tell apart, after Okabe and Ito (2008).</summary>
    private static readonly Color[] Colours = [.. new[] { "#0072b2", "#d55e00", "#009e73", "#b0588f", "#b97f00", "#3b9bd6", "#5b6472", "#8a3ffc" }.Select(Color.FromHex)];

    private static readonly MarkerShape[] Markers = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.Asterisk, MarkerShape.Cross, MarkerShape.OpenCircle, MarkerShape.OpenSquare];

    /// <param name="figure">The figure.</param>
    /// <param name="title">Its headline.</param>
    public static Plot Of(Figure figure, string title)
    {
        Plot plot = new();
        plot.Font.Set(Fonts.Sans);
        plot.Title(title);
        plot.Axes.Bottom.Label.Text = figure.X.Label;
        plot.Axes.Left.Label.Text = figure.Y.Label;
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        switch (figure.Layout)
        {
            case FigureLayout.Plane:
                AddPlane(plot, figure);
                break;
            case FigureLayout.Wright:
                AddWright(plot, figure);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(figure), figure.Layout, "There is no such layout.");
        }
        if (figure.Series.Count is > 1 and <= MostLegend)
            plot.ShowLegend(Edge.Bottom);
        return plot;
    }

    private static void AddPlane(Plot plot, Figure figure)
    {
        bool isNamed = figure.Y.Names is not null;
        for (int index = 0; index < figure.Series.Count; index++)
        {
            Series series = figure.Series[index];
            Color colour = Colours[(series.Colour ?? index) % Colours.Length];
            switch (series.Form)
            {
                case SeriesForm.Line or SeriesForm.Dashed:
                    AddLine(plot, series, colour);
                    break;
                case SeriesForm.Points:
                    AddPoints(plot, series, colour, Markers[(series.Colour ?? index) % Markers.Length], isNamed);
                    break;
                case SeriesForm.Bars:
                    AddBars(plot, series, colour, isSideways: false, sign: 1);
                    break;
                case SeriesForm.Intervals:
                    AddIntervals(plot, series, colour, isNamed);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(figure), series.Form, "There is no such form.");
            }
        }
        foreach (Mark mark in figure.Marks)
        {
            VerticalLine line = plot.Add.VerticalLine(mark.At, 1, Colors.Gray, LinePattern.Dotted);
            line.Text = mark.Label;
        }
        plot.Axes.AutoScale();
        if (figure.Y.Names is { } names)
        {
            plot.Axes.Left.SetTicks([.. names.Select((_, place) => -(double)place)], [.. names]);
            plot.Axes.SetLimitsY(-names.Count + 0.3, 0.7);
        }
        else
        {
            AxisLimits limits = plot.Axes.GetLimits();
            plot.Axes.SetLimitsY(figure.Y.Low ?? limits.Bottom, figure.Y.High ?? limits.Top);
        }
        if (figure.Right is { } right)
        {
            plot.Axes.Right.Label.Text = right.Label;
            plot.Axes.Right.Label.Bold = false;
            AxisLimits limits = plot.Axes.GetLimits(plot.Axes.Bottom, plot.Axes.Right);
            plot.Axes.SetLimitsY(right.Low ?? limits.Bottom, right.High ?? limits.Top, plot.Axes.Right);
        }
        if (figure.X is { Low: { } low, High: { } high })
            plot.Axes.SetLimitsX(low, high);
    }

    private static void AddLine(Plot plot, Series series, Color colour)
    {
        int[] known = Known(series);
        double[] x = [.. known.Select(place => series.X[place])];
        double[] y = [.. known.Select(place => series.Y[place])];
        Scatter line = plot.Add.ScatterLine(x, y, colour);
        line.LineWidth = 2;
        line.LinePattern = series.Form == SeriesForm.Dashed ? LinePattern.Dashed : LinePattern.Solid;
        line.LegendText = series.Name;
        if (series.IsRight)
            line.Axes.YAxis = plot.Axes.Right;
    }

    private static void AddPoints(Plot plot, Series series, Color colour, MarkerShape shape, bool isNamed)
    {
        int[] known = Known(series);
        double[] x = [.. known.Select(place => series.X[place])];
        double[] y = [.. known.Select(place => isNamed ? -series.Y[place] : series.Y[place])];
        Scatter points = plot.Add.ScatterPoints(x, y, colour);
        points.MarkerShape = shape;
        points.MarkerSize = known.Length > 400 ? 4 : 7;
        points.LegendText = series.Name;
    }

    private static void AddBars(Plot plot, Series series, Color colour, bool isSideways, double sign)
    {
        Bar[] all = [.. Known(series).Select(place => new Bar
        {
            Position = 0.5 * (series.Lower[place] + series.Upper[place]), Value = sign * series.Y[place], Size = series.Upper[place] - series.Lower[place],
            FillColor = colour.WithAlpha(.6), LineColor = colour, Orientation = isSideways ? Orientation.Horizontal : Orientation.Vertical,
        })];
        BarPlot bars = plot.Add.Bars(all);
        bars.LegendText = series.Name;
    }

    private static void AddIntervals(Plot plot, Series series, Color colour, bool isNamed)
    {
        foreach (int place in Known(series))
        {
            double y = isNamed ? -series.Y[place] : series.Y[place];
            if (double.IsFinite(series.Lower[place]) && double.IsFinite(series.Upper[place]))
                plot.Add.Line(series.Lower[place], y, series.Upper[place], y).LineStyle = new LineStyle { Width = 2, Color = colour };
        }
        AddPoints(plot, series, colour, MarkerShape.FilledCircle, isNamed);
    }

    /// <summary>Persons grow to the left of 0 and items stand to the right, on one vertical scale.</summary>
    private static void AddWright(Plot plot, Figure figure)
    {
        Series[] persons = [.. figure.Series.Where(series => series.Form == SeriesForm.Bars)];
        double most = Math.Max(1, persons.SelectMany(series => series.Y).DefaultIfEmpty(1).Max());
        for (int index = 0; index < persons.Length; index++)
            AddBars(plot, persons[index], Colours[index % Colours.Length], isSideways: true, sign: -1);
        (double low, double high) = (figure.Y.Low ?? 0, figure.Y.High ?? 1);
        double rowHeight = 14 * (high - low) / figure.Height;
        List<double> columns = []; // the last place taken in each
        (double At, string Label, int Column)[] items = [.. figure.Series.Where(series => series.Form == SeriesForm.Points)
            .SelectMany(series => Known(series).Select(place => (At: series.Y[place], Label: series.Labels[place]))).OrderBy(item => item.At).Select(item => (item.At, item.Label, Take(item.At)))];
        double step = most * WrightShare / (1 - WrightShare) / Math.Max(1, columns.Count);
        bool isNamed = columns.Count * (items.Select(item => item.Label.Length).DefaultIfEmpty(0).Max() + 3) < 125;
        Color colour = Colours[persons.Length % Colours.Length];
        foreach ((double at, string label, int column) in items)
        {
            plot.Add.Marker((column + 0.2) * step, at, MarkerShape.FilledTriangleUp, 6, colour);
            if (!isNamed)
                continue;
            Text text = plot.Add.Text(label, (column + 0.27) * step, at);
            text.LabelFontSize = 10;
            text.LabelAlignment = Alignment.MiddleLeft;
        }
        plot.Add.VerticalLine(0, 1, Colors.Gray);
        plot.Axes.SetLimits(-1.05 * most, most * WrightShare / (1 - WrightShare), low, high);
        plot.Axes.Bottom.Label.Text = $"{figure.X.Label} · items";
        plot.Axes.Bottom.SetTicks([-most, -0.5 * most, 0], [.. new[] { most, 0.5 * most, 0 }.Select(count => Pages.Number.Show(count, 0))]);

        int Take(double at)
        {
            int column = columns.FindIndex(last => at - last >= rowHeight);
            if (column < 0)
            {
                columns.Add(at);
                return columns.Count - 1;
            }
            columns[column] = at;
            return column;
        }
    }

    private static int[] Known(Series series) => [.. Enumerable.Range(0, series.Y.Length).Where(place => double.IsFinite(series.X[place]) && double.IsFinite(series.Y[place]))];
}
