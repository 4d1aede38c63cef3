using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Regressions;

/// <summary>Latent classes: their sizes, how certain memberships are, and where they lie in the data.</summary>
internal static class ClassSection
{
    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("class-probabilities.csv") is not { } table)
            return null;
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> parameter = table.Texts("parameter");
        IReadOnlyList<string> term = table.Texts("term");
        string[] columns = ["estimate", "se", "lower", "upper"];
        double[][] numbers = [.. columns.Select(table.Numbers)];
        int[] all = [.. Enumerable.Range(0, table.RowCount)];
        TableView view = new("class-table", "Sizes of classes",
            [new Column("Class"), new Column("Parameter"), new Column("Term"), new Column("Estimate", true), new Column("SE", true), new Column("2.5 %", true), new Column("97.5 %", true)],
            [.. all.Select(row => new Row([Cell.Of(latent[row]), Cell.Of(parameter[row]), Cell.Of(term[row]), .. numbers.Select(column => Cell.Of(column[row]))]))])
        { File = "class-probabilities.csv" };
        List<Figure> figures = [];
        if (Data(folder) is { } data)
            figures.Add(data);
        if (folder.TryTable("classes.csv") is { } memberships)
            figures.Add(Certainty(memberships));
        return new Section("classes", "Classes", "Each row of the data belongs to a class that is not known; probabilities of memberships say how certain it is.") { Figures = figures, Tables = [view] };
    }

    private static Figure Certainty(ResultTable table)
    {
        double[][] probabilities = [.. table.Columns.Where(name => name.StartsWith("p_", StringComparison.Ordinal)).Select(table.Numbers)];
        double[] largest = [.. Enumerable.Range(0, table.RowCount).Select(row => probabilities.Max(column => column[row]))];
        return new Figure("certainty", "Certainty of memberships", $"The likeliest class has a probability of more than 0.9 in {Number.Percent(largest.Count(p => p > 0.9) / (double)Math.Max(1, largest.Length))} of {Number.Count(largest.Length)}.",
            new Axis("probability of the likeliest class"), new Axis("rows", 0), [Histogram.Of("rows", largest)]);
    }

    private static Figure? Data(ResultFolder folder)
    {
        if (folder.TryTable("class-data.csv") is not { RowCount: > 0 } table)
            return null;
        string predictor = table.Texts("predictor")[0];
        string response = table.Texts("response")[0];
        double[] y = table.Numbers("y");
        IReadOnlyList<string> latent = table.Texts("class");
        string[] classes = [.. latent.Distinct().OrderBy(name => name, StringComparer.Ordinal)];
        if (predictor.Length == 0)
        {
            return new Figure("class-data", "The response by likeliest class", "Rows of each class.", new Axis(response), new Axis("rows", 0),
                [.. classes.Select(name => Histogram.Of($"class {name}", Enumerable.Range(0, y.Length).Where(row => latent[row] == name).Select(row => y[row])))]);
        }
        double[] x = table.Numbers("x");
        List<Series> series = [];
        foreach (string name in classes)
        {
            int[] own = [.. Enumerable.Range(0, y.Length).Where(row => latent[row] == name)];
            int colour = Array.IndexOf(classes, name);
            series.Add(new Series($"class {name}", SeriesForm.Points, [.. own.Select(row => x[row])], [.. own.Select(row => y[row])]) { Colour = colour });
            if (table.Has($"mean_{name}"))
            {
                double[] mean = table.Numbers($"mean_{name}");
                int[] sorted = [.. Enumerable.Range(0, y.Length).OrderBy(row => x[row]).Where((_, place) => place % Math.Max(1, y.Length / 200) == 0)];
                series.Add(new Series($"mean of class {name}", SeriesForm.Line, [.. sorted.Select(row => x[row])], [.. sorted.Select(row => mean[row])]) { Colour = colour });
            }
        }
        return new Figure("class-data", "Classes over the data", "Rows in the colour of their likeliest class, with the mean of each.", new Axis(predictor), new Axis(response), series) { Height = 420 };
    }
}
