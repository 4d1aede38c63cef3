using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Regressions;

/// <summary>Coefficients with their intervals, of <c>fixed-effects.csv</c>.</summary>
internal static class CoefficientSection
{
    private const int ShownTerms = 80;

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("fixed-effects.csv") is not { } table)
            return null;
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> term = table.Texts("term");
        string[] columns = ["estimate", "se", "df", "statistic", "p", "lower", "upper"];
        double[][] numbers = [.. columns.Select(table.NumbersIfAny)];
        int[] all = [.. Enumerable.Range(0, table.RowCount)];
        bool hasClasses = latent.Any(name => name.Length > 0);
        TableView view = new("coefficient-table", "Every coefficient",
            [new Column("Term"), .. hasClasses ? (Column[])[new Column("Class")] : [], new Column("Estimate", true), new Column("SE", true), new Column("df", true), new Column("t or z", true), new Column("p", true), new Column("2.5 %", true), new Column("97.5 %", true)],
            [.. all.Select(row => new Row([
                Cell.Of(term[row]), .. hasClasses ? (Cell[])[Cell.Of(latent[row])] : [], Cell.Of(numbers[0][row]), Cell.Of(numbers[1][row]), Cell.Of(numbers[2][row], 1), Cell.Of(numbers[3][row], 2), Cell.Probability(numbers[4][row]), Cell.Of(numbers[5][row]), Cell.Of(numbers[6][row]),
            ]))])
        { File = "fixed-effects.csv" };
        int[] slopes = [.. all.Where(row => term[row] != "(Intercept)" && double.IsFinite(numbers[0][row]))];
        List<Figure> figures = [];
        if (slopes.Length > 0)
            figures.Add(Intervals("coefficients-figure", "Coefficients", [.. slopes.Take(ShownTerms)]));
        int[] intercepts = [.. all.Where(row => term[row] == "(Intercept)" && double.IsFinite(numbers[0][row]))];
        if (intercepts.Length > 1 || slopes.Length == 0)
            figures.Add(Intervals("intercepts-figure", "Intercepts", intercepts));
        return new Section("coefficients", "Coefficients", "What the response changes by when a predictor rises by one. Bars are 95 % intervals; those that do not reach 0 are clear.") { Figures = figures, Tables = [view] };

        Figure Intervals(string id, string title, int[] rows)
        {
            string[] terms = [.. rows.Select(row => term[row]).Distinct()];
            string[] classes = [.. rows.Select(row => latent[row]).Distinct()];
            return new Figure(id, title, slopes.Length > ShownTerms && id[0] == 'c' ? $"The first {ShownTerms} of {slopes.Length}." : "Estimates with 95 % intervals.", new Axis("estimate"), new Axis("") { Names = terms },
                [.. classes.Select(name =>
                {
                    int[] own = [.. rows.Where(row => latent[row] == name)];
                    return new Series(name.Length > 0 ? $"class {name}" : "all", SeriesForm.Intervals, [.. own.Select(row => numbers[0][row])], [.. own.Select(row => (double)Array.IndexOf(terms, term[row]))])
                    {
                        Lower = [.. own.Select(row => numbers[5][row])], Upper = [.. own.Select(row => numbers[6][row])], Labels = [.. own.Select(row => name.Length > 0 ? $"{term[row]}, class {name}" : term[row])],
                    };
                })])
            { Height = Math.Clamp(130 + 26 * terms.Length, 180, 1600), Marks = [new Mark(0, "")] };
        }
    }
}
