using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>How scales were put on one: transformations, anchors, equated scores.</summary>
internal static class LinkSections
{
    public static IEnumerable<Section> Of(ResultFolder folder)
    {
        if (folder.TryTable("linking.csv") is { } linking)
            yield return Transformations(linking);
        if (folder.TryTable("anchors.csv") is { } anchors && anchors.Has("b_difference"))
            yield return Anchors(anchors);
        if (folder.TryTable("equating.csv") is { } equating)
            yield return Equating(equating);
    }

    private static Section Transformations(ResultTable table)
    {
        IReadOnlyList<string> form = table.Texts("form");
        IReadOnlyList<string> to = table.Texts("linked_to");
        IReadOnlyList<string> method = table.Texts("method");
        double[] anchors = table.Numbers("anchors");
        double[] a = table.Numbers("A");
        double[] b = table.Numbers("B");
        double[] errorA = table.Numbers("se_A");
        double[] errorB = table.Numbers("se_B");
        IReadOnlyList<string> reason = table.Texts("reason");
        int[] all = [.. Enumerable.Range(0, table.RowCount)];
        string[] names = [.. all.Select(row => $"{form[row]}, {method[row]}")];
        Figure Picture(string id, string title, double[] value, double[] error) => new(id, title, "With 95 % intervals where there are standard errors. Methods that agree are a good sign.", new Axis(title), new Axis("") { Names = names },
            [new Series(title, SeriesForm.Intervals, value, [.. all.Select(row => (double)row)]) { Labels = names, Lower = [.. all.Select(row => value[row] - 1.96 * error[row])], Upper = [.. all.Select(row => value[row] + 1.96 * error[row])] }])
        { Height = Math.Clamp(110 + 24 * names.Length, 180, 900) };
        return new Section("transformations", "Transformations", "θ of the base is A θ + B: A says how wide the scale of the form is on that of the base, B where its origin lies.")
        {
            Figures = [Picture("link-a", "A", a, errorA), Picture("link-b", "B", b, errorB)],
            Tables = [new TableView("linking-table", "Every method", [new Column("Form"), new Column("Linked to"), new Column("Method"), new Column("Anchors", true), new Column("A", true), new Column("SE", true), new Column("B", true), new Column("SE", true), new Column("Note")],
                [.. all.Select(row => new Row([Cell.Of(form[row]), Cell.Of(to[row]), Cell.Of(method[row]), Cell.Of(anchors[row], 0), Cell.Of(a[row]), Cell.Of(errorA[row]), Cell.Of(b[row]), Cell.Of(errorB[row]), Cell.Of(reason[row])]))]) { File = "linking.csv" }],
        };
    }

    private static Section Anchors(ResultTable table)
    {
        IReadOnlyList<string> form = table.Texts("form");
        IReadOnlyList<string> item = table.Texts("item");
        IReadOnlyList<string> used = table.Texts("used");
        IReadOnlyList<string> flag = table.Texts("flag");
        double[] difference = table.Numbers("b_difference");
        double[] robust = table.NumbersIfAny("robust_z_b");
        double[] rmsd = table.NumbersIfAny("rmsd");
        double[] p = table.NumbersIfAny("p_adjusted");
        int[] all = [.. Enumerable.Range(0, table.RowCount)];
        return new Section("anchors", "Anchors and drift", "Common items should have the same difficulty once the scales are one. Those that have not have drifted: another translation, a leak, another place in the test.")
        {
            Figures =
            [
                .. all.Where(row => double.IsFinite(difference[row])).GroupBy(row => form[row]).Select((rows, number) =>
                {
                    int[] shown = [.. rows.OrderByDescending(row => Math.Abs(difference[row])).Take(60).OrderBy(row => difference[row])];
                    Series Points(string name, bool isUsed, int colour)
                    {
                        int[] places = [.. Enumerable.Range(0, shown.Length).Where(place => (used[shown[place]] == "yes") == isUsed)];
                        return new Series(name, SeriesForm.Points, [.. places.Select(place => difference[shown[place]])], [.. places.Select(place => (double)place)]) { Labels = [.. places.Select(place => item[shown[place]])], Colour = colour };
                    }
                    return new Figure($"drift-{number}", $"Difference of difficulties, {rows.Key}", "On the scale of the base, form less base.", new Axis("difference of b"), new Axis("") { Names = [.. shown.Select(row => item[row])] },
                        [.. new[] { Points("anchor", true, 0), Points("left out", false, 1) }.Where(series => series.X.Length > 0)])
                    { Height = Math.Clamp(120 + 20 * shown.Length, 200, 1300), Marks = [new Mark(0, "")] };
                }),
            ],
            Tables = [new TableView("anchor-table", "Common items", [new Column("Item"), new Column("Form"), new Column("Anchor"), new Column("Difference of b", true), new Column("Robust z", true), new Column("RMSD", true), new Column("p adjusted", true), new Column("Look at")],
                [.. all.Select(row => new Row([Cell.Of(item[row]), Cell.Of(form[row]), Cell.Of(used[row]), Cell.Of(difference[row]), Cell.Of(robust[row], 2), Cell.Of(rmsd[row]), Cell.Probability(p[row]), Cell.Of(flag[row])]))]) { File = "anchors.csv" }],
        };
    }

    private static Section Equating(ResultTable table)
    {
        IReadOnlyList<string> form = table.Texts("form");
        double[] score = table.Numbers("score");
        double[] trueScore = table.Numbers("true_score");
        double[] observed = table.Numbers("observed_score");
        double[] theta = table.Numbers("theta");
        int[] all = [.. Enumerable.Range(0, table.RowCount)];
        return new Section("equating", "Equated scores", "Which sum score of the base stands for the same ability as a sum score of the form: by true scores, and by percentiles of observed scores.")
        {
            Figures = [.. all.GroupBy(row => form[row]).Select((rows, number) => new Figure($"equating-{number}", $"Scores of {rows.Key} on the base", "By true scores and by observed scores.", new Axis($"sum score, {rows.Key}"), new Axis("sum score of the base"),
                [new Series("true scores", SeriesForm.Line, [.. rows.Select(row => score[row])], [.. rows.Select(row => trueScore[row])]), new Series("observed scores", SeriesForm.Dashed, [.. rows.Select(row => score[row])], [.. rows.Select(row => observed[row])])]))],
            Tables = [new TableView("equating-table", "Every score", [new Column("Form"), new Column("Score", true), new Column("θ", true), new Column("True score", true), new Column("Observed score", true)],
                [.. all.Select(row => new Row([Cell.Of(form[row]), Cell.Of(score[row], 0), Cell.Of(theta[row]), Cell.Of(trueScore[row], 2), Cell.Of(observed[row], 2)]))]) { File = "equating.csv" }],
        };
    }
}
