using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>Scores of persons: how they are distributed, and how reliable.</summary>
internal static class ScoreSection
{
    public static Section? Of(CalibrationSource source)
    {
        List<Figure> figures = [];
        IReadOnlyList<string> attributes = source.Point.Plan.Specification.Attributes;
        for (int j = 0; j < attributes.Count; j++)
        {
            IReadOnlyList<Series> series = ScoreDistributions.Series(source.Folder, attributes[j]);
            if (series.Count > 0)
            {
                figures.Add(new Figure($"scores-{j}", attributes.Count == 1 ? "Scores" : $"Scores, {attributes[j]}", $"{Number.Count(series.Sum(one => one.Y.Sum()))} persons.",
                    new Axis($"score ({attributes[j]})"), new Axis("persons", 0), series));
            }
        }
        if (SumScores(source.Folder) is { } sums)
            figures.Add(sums);
        TableView[] tables = [.. Summary(source.Folder)];
        return figures.Count + tables.Length == 0 ? null : new Section("scores", "Scores",
            "Each person's score is the mean of the posterior (or its highest node), drawn towards the mean of the population, more so the fewer items were answered.")
        { Figures = figures, Tables = tables };
    }

    private static Figure? SumScores(ResultFolder folder)
    {
        if (folder.TryTable("sum-scores.csv") is not { } table)
            return null;
        IReadOnlyList<string> group = table.Texts("group");
        double[] score = table.Numbers("score");
        double[] probability = table.Numbers("probability");
        double[] observed = table.Numbers("observed");
        List<Series> series = [];
        foreach (IGrouping<string, int> rows in Enumerable.Range(0, table.RowCount).GroupBy(row => group[row]))
        {
            double total = rows.Sum(row => observed[row]);
            string of = rows.Key.Length > 0 ? $" ({rows.Key})" : "";
            double[] x = [.. rows.Select(row => score[row])];
            series.Add(new Series($"observed{of}", SeriesForm.Bars, x, [.. rows.Select(row => observed[row])]) { Lower = [.. x.Select(value => value - 0.5)], Upper = [.. x.Select(value => value + 0.5)] });
            series.Add(new Series($"expected{of}", SeriesForm.Line, x, [.. rows.Select(row => probability[row] * total)]));
        }
        return new Figure("sum-scores", "Sum scores", "Persons by sum score, as observed and as the model expects.", new Axis("sum score"), new Axis("persons", 0), series);
    }

    private static IEnumerable<TableView> Summary(ResultFolder folder)
    {
        if (folder.TryTable("score-summary.csv") is not { } table)
            yield break;
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> parameter = table.Texts("parameter");
        IReadOnlyList<string> attribute = table.Texts("attribute");
        IReadOnlyList<string> attribute2 = table.Texts("attribute2");
        double[] estimate = table.Numbers("estimate");
        string[] shown = ["mean", "variance", "posterior-variance", "reliability", "eap-reliability", "marginal-reliability"];
        List<Row> rows = [];
        foreach (IGrouping<(string, string, string), int> own in Enumerable.Range(0, table.RowCount).Where(row => attribute2[row].Length == 0 && shown.Contains(parameter[row]))
            .GroupBy(row => (group[row], latent[row], attribute[row])))
        {
            rows.Add(new Row([
                Cell.Of(own.Key.Item3), Cell.Of(own.Key.Item1), Cell.Of(own.Key.Item2),
                .. shown.Select(name => Cell.Of(own.Where(row => parameter[row] == name).Select(row => estimate[row]).DefaultIfEmpty(double.NaN).First())),
            ]));
        }
        yield return new TableView("score-summary", "Moments and reliabilities of the scores",
            [
                new Column("Attribute"), new Column("Group"), new Column("Class"), new Column("Mean", true), new Column("Variance", true), new Column("Posterior variance", true),
                new Column("Reliability", true, "Variance of the scores over itself plus the mean posterior variance"), new Column("EAP reliability", true, "Variance of the scores over that of the population"),
                new Column("Marginal reliability", true, "What the model promises for persons who answer every item"),
            ], rows)
        { File = "score-summary.csv" };
    }
}
