using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>Draws from a posterior: whether the chains tell the same, and what they say.</summary>
internal static class DrawSection
{
    private const int ShownParameters = 6;
    private const int ShownDraws = 250;
    private const int RankIntervals = 20;

    public static Section? Of(ResultFolder folder, ResultDocument fit)
    {
        if (folder.TryTable("draws.csv") is not { } draws || folder.TryTable("draws-summary.csv") is not { } summary)
            return null;
        IReadOnlyList<string> parameter = summary.Texts("parameter");
        string[] columns = ["estimate", "est_error", "lower", "upper", "rhat", "bulk_ess", "tail_ess"];
        double[][] numbers = [.. columns.Select(summary.Numbers)];
        int[] all = [.. Enumerable.Range(0, summary.RowCount)];
        string[] shown = [.. all.Where(row => draws.Has(parameter[row])).OrderByDescending(row => double.IsNaN(numbers[4][row]) ? 0 : numbers[4][row]).Take(ShownParameters).Order().Select(row => parameter[row])];
        double[] chain = draws.Numbers("chain");
        TableView table = new("draws-table", "Every parameter",
            [
                new Column("Parameter"), new Column("Mean", true), new Column("SD", true), new Column("2.5 %", true), new Column("97.5 %", true), new Column("R-hat", true, "1 where chains agree; above 1.01 draw more"),
                new Column("Bulk ESS", true, "Independent draws that these are worth for means; 400 are wanted"), new Column("Tail ESS", true, "For the ends of intervals"),
            ],
            [.. all.Select(row => new Row([
                Cell.Of(parameter[row]), Cell.Of(numbers[0][row]), Cell.Of(numbers[1][row]), Cell.Of(numbers[2][row]), Cell.Of(numbers[3][row]), Cell.Of(numbers[4][row], 3, numbers[4][row] > 1.01 ? "notice" : ""),
                Cell.Of(numbers[5][row], 0, numbers[5][row] < 400 ? "notice" : ""), Cell.Of(numbers[6][row], 0, numbers[6][row] < 400 ? "notice" : ""),
            ]))])
        { File = "draws-summary.csv" };
        List<Figure> figures = [];
        foreach (string name in shown)
        {
            double[] values = draws.Numbers(name);
            figures.Add(Trace(figures.Count, name, values, chain));
            figures.Add(Ranks(figures.Count, name, values, chain));
        }
        if (folder.TryTable("loo.csv") is { } loo && loo.Has("pareto_k"))
        {
            double[] k = loo.Numbers("pareto_k");
            figures.Add(new Figure("pareto", "Pareto k̂ of cross-validation", "High where leaving a piece of the data out changes the posterior much; beyond 0.7 its weight is not to be relied on.", new Axis("k̂"), new Axis("pieces", 0), [Histogram.Of("pieces", k)]) { Height = 240, Marks = [new Mark(0.7, "0.7")] });
        }
        List<Fact> facts = [];
        if (fit.Part("draws") is { } run)
        {
            foreach ((string key, string title, int decimals) in new[] { ("chains", "Chains", 0), ("draws", "Draws a chain", 0), ("divergences", "Divergences", 0), ("largestRhat", "Largest R-hat", 3), ("smallestBulkEss", "Least bulk ESS", 0), ("smallestTailEss", "Least tail ESS", 0) })
            {
                if (run.Number(key) is { } value)
                    facts.Add(new Fact(title, Number.Show(value, decimals)));
            }
        }
        return new Section("draws", "Draws", $"Left: draw by draw; chains should look alike and wander through all. Right: ranks of each chain's draws among all; flat where chains agree.{(shown.Length < parameter.Count ? $" The {shown.Length} parameters of the largest R-hat are drawn." : "")}")
        { Facts = facts, Figures = figures, Tables = [table] };
    }

    /// <summary>What the verdict says of the draws.</summary>
    public static IEnumerable<Finding> Findings(ResultDocument fit)
    {
        if (fit.Part("draws") is not { } run)
            yield break;
        Link[] links = [new Link("draws", "Draws")];
        double divergences = run.Number("divergences") ?? 0;
        double rhat = run.Number("largestRhat") ?? double.NaN;
        double ess = Math.Min(run.Number("smallestBulkEss") ?? double.NaN, run.Number("smallestTailEss") ?? double.NaN);
        if (divergences > 0)
            yield return new Finding(Level.Problem, $"{Number.Count(divergences)} divergences.", "The sampler could not follow the posterior everywhere, so a part of it may be missing. Raise --adapt-delta or simplify the model.") { Links = links };
        if (rhat > 1.01 || ess < 400)
            yield return new Finding(rhat > 1.05 ? Level.Problem : Level.Notice, "Too few draws.", $"Largest R-hat {Number.Show(rhat)}, least effective number of draws {Number.Show(ess, 0)}: draw more.") { Links = links };
        else if (divergences == 0)
            yield return new Finding(Level.Good, "Chains agree.", $"Largest R-hat {Number.Show(rhat)}, least effective number of draws {Number.Show(ess, 0)}.") { Links = links };
    }

    private static Figure Trace(int number, string name, double[] values, double[] chain)
    {
        Series[] series =
        [
            .. Enumerable.Range(0, values.Length).GroupBy(row => chain[row]).Select(rows =>
            {
                int[] own = [.. rows];
                int stride = Math.Max(1, (own.Length + ShownDraws - 1) / ShownDraws);
                int[] kept = [.. own.Where((_, place) => place % stride == 0)];
                return new Series($"chain {Number.Show(rows.Key, 0)}", SeriesForm.Line, [.. kept.Select((_, place) => (double)(place * stride + 1))], [.. kept.Select(row => values[row])]);
            }),
        ];
        return new Figure($"trace-{number}", name, "Draw by draw.", new Axis("draw"), new Axis("value"), series) { Height = 240 };
    }

    private static Figure Ranks(int number, string name, double[] values, double[] chain)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(row => values[row])];
        double[] rank = new double[values.Length];
        for (int place = 0; place < order.Length; place++)
            rank[order[place]] = place;
        Series[] series =
        [
            .. Enumerable.Range(0, values.Length).GroupBy(row => chain[row]).Select(rows =>
            {
                double[] counts = new double[RankIntervals];
                foreach (int row in rows)
                    counts[(int)(rank[row] * RankIntervals / values.Length)]++;
                return new Series($"chain {Number.Show(rows.Key, 0)}", SeriesForm.Line, [.. counts.Select((_, interval) => (interval + 0.5) * values.Length / RankIntervals)], counts);
            }),
        ];
        return new Figure($"ranks-{number}", $"{name}: ranks", "How many draws of each chain lie in each twentieth of all.", new Axis("rank among all draws"), new Axis("draws", 0), series) { Height = 240 };
    }
}
