using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>Populations of groups and classes.</summary>
internal static class PopulationSection
{
    public static Section Of(CalibrationSource source)
    {
        bool hasBlocks = source.Population.Any(row => row.Block.Length > 0);
        List<Figure> figures = [];
        if (hasBlocks)
        {
            foreach (string attribute in source.Point.Plan.Specification.Attributes)
            {
                PopulationRow[] means = [.. source.Population.Where(row => row.Parameter == "mean" && row.Attribute == attribute && row.Block.Length > 0)];
                if (means.Length > 1)
                    figures.Add(Intervals($"means-{figures.Count}", $"Means of {attribute}", means, attribute));
            }
            PopulationRow[] shares = [.. source.Population.Where(row => row.Parameter == "proportion")];
            if (shares.Length > 1)
                figures.Add(Intervals("proportions", "Proportions of classes", shares, "share of persons"));
        }
        TableView table = new("population-table", "Means, standard deviations and correlations",
            [
                .. hasBlocks ? (Column[])[new Column("Group or class")] : [], new Column("Parameter"), new Column("Of"), new Column("And"), new Column("Estimate", true), new Column("SE", true), new Column("Status"),
            ],
            [.. source.Population.Select(row => new Row([
                .. hasBlocks ? (Cell[])[Cell.Of(row.Block)] : [], Cell.Of(row.Parameter), Cell.Of(row.Attribute), Cell.Of(row.Attribute2), Cell.Of(row.Estimate), Cell.Of(row.StandardError), Cell.Of(row.Status),
            ]))])
        { File = "population.csv" };
        return new Section("population", hasBlocks ? source.Point.Plan.ClassCount > 1 ? "Groups and classes" : "Groups" : "Population",
            hasBlocks ? "How groups and classes differ on the scale. What is fixed gives the scale its origin and unit." : "What is fixed gives the scale its origin and unit.")
        { Figures = figures, Tables = [table] };
    }

    private static Figure Intervals(string id, string title, PopulationRow[] rows, string axis)
    {
        double[] estimate = [.. rows.Select(row => row.Estimate)];
        double[] error = [.. rows.Select(row => double.IsNaN(row.StandardError) ? 0 : 1.96 * row.StandardError)];
        return new Figure(id, title, "With 95 % intervals; without where a value is fixed.", new Axis(axis), new Axis("") { Names = [.. rows.Select(row => row.Block)] },
            [new Series(title, SeriesForm.Intervals, estimate, [.. Enumerable.Range(0, rows.Length).Select(row => (double)row)])
            {
                Lower = [.. estimate.Zip(error, (value, half) => value - half)], Upper = [.. estimate.Zip(error, (value, half) => value + half)], Labels = [.. rows.Select(row => row.Block)],
            }])
        { Height = Math.Clamp(100 + 26 * rows.Length, 160, 700) };
    }
}
