using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Reports.Regressions;

/// <summary>Residuals, of <c>fitted.csv</c>.</summary>
internal static class ResidualSection
{
    private const int ShownRows = 2000;

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("fitted.csv") is not { } table || !table.Has("residual"))
            return null;
        double[] fitted = table.Numbers("fitted");
        double[] residual = table.Numbers("residual");
        int[] known = [.. Enumerable.Range(0, table.RowCount).Where(row => double.IsFinite(residual[row]))];
        if (known.Length == 0)
            return null;
        int stride = (known.Length + ShownRows - 1) / ShownRows;
        int[] shown = [.. known.Where((_, place) => place % stride == 0)];
        string some = stride > 1 ? $"Every {stride}th of {Number.Count(known.Length)} rows." : $"{Number.Count(known.Length)} rows.";
        double[] sorted = [.. known.Select(row => residual[row]).Order()];
        double mean = sorted.Average();
        double deviation = Math.Sqrt(sorted.Sum(value => (value - mean) * (value - mean)) / sorted.Length);
        int[] places = [.. Enumerable.Range(0, sorted.Length).Where(place => place % stride == 0)];
        double[] quantile = [.. places.Select(place => Normal.InvCDF(0, 1, (place + 0.5) / sorted.Length))];
        return new Section("residuals", "Residuals", "What the model leaves: a cloud without shape where it is right. Beside the line of a normal distribution long tails and outliers show.")
        {
            Figures =
            [
                new Figure("residuals-figure", "Residuals by fitted value", some, new Axis("fitted"), new Axis("residual"), [new Series("row", SeriesForm.Points, [.. shown.Select(row => fitted[row])], [.. shown.Select(row => residual[row])])]),
                new Figure("quantiles", "Quantiles of the residuals", "Against those of a normal distribution.", new Axis("normal quantile"), new Axis("residual"),
                    [
                        new Series("residual", SeriesForm.Points, quantile, [.. places.Select(place => sorted[place])]),
                        new Series("normal", SeriesForm.Line, [quantile[0], quantile[^1]], [mean + deviation * quantile[0], mean + deviation * quantile[^1]]),
                    ]),
                new Figure("residual-histogram", "Distribution of the residuals", $"Standard deviation {Number.Show(deviation)}.", new Axis("residual"), new Axis("rows", 0), [Histogram.Of("rows", sorted)]) { Height = 260 },
            ],
        };
    }
}
