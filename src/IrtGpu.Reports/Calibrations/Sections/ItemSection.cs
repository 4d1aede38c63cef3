using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>The table of items, and what is shown of each when it is chosen.</summary>
internal static class ItemSection
{
    private static readonly Statistic[] Statistics =
    [
        new("rmsd_corrected", "RMSD", "Root mean square deviation of the data from the curve, less what sampling adds; 0.05 is much", 3),
        new("sx2_p", "p (S-X²)", "Probability of a larger S-X² under the model", 3),
        new("infit", "Infit", "1 as the model says; above: less predictable", 2),
        new("outfit", "Outfit", "As infit, with more weight on surprising answers", 2),
    ];

    public static Section Of(CalibrationSource source)
    {
        bool hasLabels = source.Items.Any(item => item.Label.Length > 0);
        bool hasCategories = source.Items.Any(item => item.Categories.Count > 0);
        bool hasDifficulties = source.Items.Any(item => item.Difficulties.Count > 0);
        bool hasDifficultyErrors = source.Items.Any(item => item.Difficulties is [{ StandardError: var error }] && !double.IsNaN(error));
        bool hasDiscriminations = source.Items.Any(item => item.Discrimination is not null && !item.HasFixedSlope);
        Statistic[] statistics = [.. Statistics.Where(statistic => source.Items.Any(item => item.Fit.ContainsKey(statistic.Column)))];
        List<Column> columns = [new Column("Item")];
        if (hasLabels)
            columns.Add(new Column("Group or class"));
        columns.Add(new Column("Look at", Hint: "What is to be noticed"));
        if (hasDifficulties)
            columns.Add(new Column("Difficulty", true, "Where on the scale it tells persons apart; of several steps their mean"));
        if (hasDifficultyErrors)
            columns.Add(new Column("SE", true));
        if (hasDiscriminations)
            columns.AddRange([new Column("Discrimination", true, "How steeply the curve rises"), new Column("SE", true)]);
        columns.AddRange(statistics.Select(statistic => new Column(statistic.Title, true, statistic.Hint)));
        if (hasCategories)
            columns.AddRange([new Column("Mean score", true, "As a share of the largest: of two answers the share of the higher"), new Column("Persons", true, "Who answered")]);
        columns.Add(new Column("Model"));
        Row[] rows = [.. source.Items.Select(item => new Row(Cells(item)) { Words = [.. item.Flags.Select(flag => flag.Word).Distinct(), .. item.Flags.Count > 0 ? (string[])["to look at"] : []] })];
        string[] choices = [.. rows.SelectMany(row => row.Words).GroupBy(word => word).OrderByDescending(group => group.Key == "to look at").ThenByDescending(group => group.Count()).Select(group => group.Key)];
        return new Section("items", "Items", "Choose an item to see its curves, what was answered and what is to be noticed. Headlines sort.")
        {
            IsExplorer = true,
            Tables = [new TableView("item-table", $"{source.Items.Count} items", columns, rows) { Filters = choices, File = "items.csv, items-irt.csv", RowPrefix = "item-" }],
        };

        List<Cell> Cells(ItemEntry item)
        {
            List<Cell> cells = [Cell.Of(item.Name)];
            if (hasLabels)
                cells.Add(Cell.Of(item.Label));
            string[] words = [.. item.Flags.Select(flag => flag.Word).Distinct()];
            cells.Add(new Cell(words.Length == 0 ? "" : words.Length == 1 ? words[0] : $"{words[0]} +{words.Length - 1}", "", item.Level == Level.Good ? "" : item.Level.Word()));
            ItemParameter none = new("", double.NaN, double.NaN);
            if (hasDifficulties)
                cells.Add(Cell.Of(item.Difficulty));
            if (hasDifficultyErrors)
                cells.Add(Cell.Of((item.Difficulties is [var only] ? only : none).StandardError));
            if (hasDiscriminations)
                cells.AddRange([Cell.Of((item.Discrimination ?? none).Estimate), Cell.Of((item.Discrimination ?? none).StandardError)]);
            foreach ((string column, _, _, int decimals) in statistics)
                cells.Add(column == "sx2_p" ? Cell.Probability(item.Fit.GetValueOrDefault(column, double.NaN)) : Cell.Of(item.Fit.GetValueOrDefault(column, double.NaN), decimals));
            if (hasCategories)
                cells.AddRange([Cell.Of(item.MeanScore, 2), Cell.Count(item.Persons)]);
            cells.Add(Cell.Of(item.Function));
            return cells;
        }
    }

    /// <summary>What is shown of each item.</summary>
    public static IReadOnlyList<ItemView> Views(CalibrationSource source) =>
        [.. source.Items.Select(item => new ItemView(item.FullName, [.. item.Flags.Select(flag => flag.Text)], [.. Facts(item)], source.Curves.Of(item)))];

    private static IEnumerable<Fact> Facts(ItemEntry item)
    {
        foreach (ItemParameter parameter in item.Classical.Count > 0 ? item.Classical : item.Parameters)
            yield return new Fact(parameter.Name, Number.Show(parameter.Estimate), double.IsNaN(parameter.StandardError) ? "" : $"± {Number.Show(parameter.StandardError)}");
        double persons = item.Persons;
        foreach (CategoryShare category in item.Categories)
        {
            yield return new Fact($"Answer {category.Code}", Number.Percent(category.Persons / persons, 1),
                double.IsNaN(category.Theta) ? $"{Number.Count(category.Persons)} persons" : $"{Number.Count(category.Persons)} persons, mean θ {Number.Show(category.Theta, 2)}");
        }
        if (item.Fit.TryGetValue("sx2", out double statistic) && !double.IsNaN(statistic))
            yield return new Fact("S-X²", Number.Show(statistic, 2), $"{Number.Show(item.Fit.GetValueOrDefault("sx2_df", double.NaN), 0)} df, p {Number.Probability(item.Fit.GetValueOrDefault("sx2_p", double.NaN))}");
        foreach ((string column, string title, _, int decimals) in Statistics.Where(one => one.Column != "sx2_p"))
        {
            if (item.Fit.TryGetValue(column, out double value) && !double.IsNaN(value))
                yield return new Fact(title, Number.Show(value, decimals));
        }
    }

    private sealed record Statistic(string Column, string Title, string Hint, int Decimals);
}
