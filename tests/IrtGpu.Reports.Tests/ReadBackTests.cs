using System.Globalization;
using System.Text.Json;
using IrtGpu.Reports.Tests.Browsers;
using IrtGpu.Reports.Tests.Results;

namespace IrtGpu.Reports.Tests;

/// <summary>What a page shows, read back in the browser, against the tables of the folder.</summary>
public sealed class ReadBackTests(BrowserSession browser)
{
    private const double FourDigits = 6e-4; // of pictures, which hold no more than one can see

    [BrowserFact]
    public async Task The_table_of_items_has_the_numbers_of_the_files_with_all_their_digits()
    {
        string results = browser.Results.Mathematics;
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(results));
        ShownTable shown = await ShownTable.OfAsync(opened, "item-table");
        CsvFile classical = new(Path.Combine(results, "items-irt.csv"));
        CsvFile fit = new(Path.Combine(results, "item-fit.csv"));
        CsvFile deviations = new(Path.Combine(results, "rmsd.csv"));
        CsvFile categories = new(Path.Combine(results, "item-categories.csv"));
        Assert.Equal(14, shown.RowCount);
        for (int row = 0; row < shown.RowCount; row++)
        {
            string item = shown.Text(row, "Item");
            int a = classical.Where("item", item).Single(k => classical.Text(k, "parameter") == "a");
            int b = classical.Where("item", item).Single(k => classical.Text(k, "parameter") == "b");
            Assert.Equal(classical.Number(a, "estimate"), shown.Number(row, "Discrimination"));
            Assert.Equal(classical.Number(a, "se"), shown.NumberBehind(row, "Discrimination"));
            Assert.Equal(classical.Number(b, "estimate"), shown.Number(row, "Difficulty"));
            Assert.Equal(classical.Number(b, "se"), shown.NumberBehind(row, "Difficulty"));
            Assert.Equal(deviations.Number(deviations.Where("item", item).Single(), "rmsd_corrected"), shown.Number(row, "RMSD"));
            int tested = fit.Where("item", item).Single();
            Assert.Equal(fit.Number(tested, "sx2_p"), shown.Number(row, "p (S-X²)"));
            Assert.Equal(fit.Number(tested, "infit"), shown.Number(row, "Infit"));
            Assert.Equal(fit.Number(tested, "outfit"), shown.Number(row, "Outfit"));
            Assert.Equal(categories.Where("item", item).Sum(k => categories.Number(k, "persons")), shown.Number(row, "Persons"), 1e-9);
        }
    }

    [BrowserFact]
    public async Task Shown_digits_are_those_of_the_number()
    {
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(browser.Results.Mathematics));
        ShownTable shown = await ShownTable.OfAsync(opened, "item-table");
        for (int row = 0; row < shown.RowCount; row++)
            Assert.Equal(shown.Number(row, "Difficulty"), double.Parse(shown.Text(row, "Difficulty").Replace('−', '-'), CultureInfo.InvariantCulture), 5.001e-4);
    }

    [BrowserFact]
    public async Task Pairs_and_population_are_those_of_their_files()
    {
        string results = browser.Results.Groups;
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(results));
        ShownTable pairs = await ShownTable.OfAsync(opened, "pairs");
        CsvFile dependence = new(Path.Combine(results, "local-dependence.csv"));
        HashSet<(string, string, double)> known = [.. Enumerable.Range(0, dependence.Count).Select(row => (dependence.Text(row, "item"), dependence.Text(row, "item2"), dependence.Number(row, "q3")))];
        Assert.True(pairs.RowCount > 10);
        for (int row = 0; row < pairs.RowCount; row++)
            Assert.Contains((pairs.Text(row, "Item"), pairs.Text(row, "and item"), pairs.Number(row, "Q3")), known);
        ShownTable population = await ShownTable.OfAsync(opened, "population-table");
        CsvFile file = new(Path.Combine(results, "population.csv"));
        Assert.Equal(
            Enumerable.Range(0, file.Count).Where(row => file.Text(row, "parameter") is "mean" or "sd").Select(row => file.Number(row, "estimate")).Order(),
            Enumerable.Range(0, population.RowCount).Where(row => population.Text(row, "Parameter") is "mean" or "sd").Select(row => population.Number(row, "Estimate")).Order());
    }

    [BrowserFact]
    public async Task Pictures_hold_the_numbers_of_their_files()
    {
        string results = browser.Results.Mathematics;
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(results));
        using JsonDocument data = JsonDocument.Parse(await opened.Page.Locator("#data").TextContentAsync() ?? "");

        CsvFile information = new(Path.Combine(results, "test-information.csv"));
        JsonElement series = Series(data.RootElement.GetProperty("figures"), "information-0", "information");
        AssertNumbers(Enumerable.Range(0, information.Count).Select(row => information.Number(row, "theta")), series.GetProperty("x"));
        AssertNumbers(Enumerable.Range(0, information.Count).Select(row => information.Number(row, "information")), series.GetProperty("y"));

        CsvFile scores = new(Path.Combine(results, "score-distribution.csv"));
        AssertNumbers(Enumerable.Range(0, scores.Count).Select(row => scores.Number(row, "persons")), Series(data.RootElement.GetProperty("figures"), "scores-0", "persons").GetProperty("y"));
        Assert.Equal(2051, Enumerable.Range(0, scores.Count).Sum(row => scores.Number(row, "persons")), 1e-6);

        CsvFile trace = new(Path.Combine(results, "trace.csv"));
        JsonElement cycles = Series(data.RootElement.GetProperty("figures"), "cycles", "largest change");
        AssertNumbers(Enumerable.Range(0, trace.Count).Select(row => Math.Log10(trace.Number(row, "largest_change"))), cycles.GetProperty("y"));

        CsvFile observed = new(Path.Combine(results, "observed-curves.csv"));
        foreach (JsonElement item in data.RootElement.GetProperty("items").EnumerateArray())
        {
            int[] points = [.. observed.Where("item", item.GetProperty("name").GetString()!).Where(row => observed.Text(row, "category") == "1")];
            JsonElement shown = Series(item.GetProperty("figures"), "answers", "answer 1, observed");
            AssertNumbers(points.Select(row => observed.Number(row, "theta")), shown.GetProperty("x"));
            AssertNumbers(points.Select(row => observed.Number(row, "observed")), shown.GetProperty("y"));
        }
    }

    [BrowserFact]
    public async Task Curves_are_the_response_function_at_the_estimates()
    {
        string results = browser.Results.Mathematics;
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(results));
        using JsonDocument data = JsonDocument.Parse(await opened.Page.Locator("#data").TextContentAsync() ?? "");
        CsvFile items = new(Path.Combine(results, "items.csv"));
        foreach (JsonElement item in data.RootElement.GetProperty("items").EnumerateArray())
        {
            int[] rows = [.. items.Where("item", item.GetProperty("name").GetString()!)];
            double slope = items.Number(rows.Single(row => items.Text(row, "parameter") == "a1"), "estimate");
            double intercept = items.Number(rows.Single(row => items.Text(row, "parameter") == "d"), "estimate");
            JsonElement curve = Series(item.GetProperty("figures"), "answers", "answer 1");
            double[] theta = [.. data.RootElement.GetProperty("grids")[curve.GetProperty("grid").GetInt32()].EnumerateArray().Select(value => value.GetDouble())];
            AssertNumbers(theta.Select(at => 1 / (1 + Math.Exp(-intercept - slope * at))), curve.GetProperty("y"));
        }
    }

    [BrowserFact]
    public async Task The_numbers_below_a_picture_are_those_that_it_draws()
    {
        await using OpenedPage opened = await browser.OpenAsync(ResultFolders.PageOf(browser.Results.Mathematics));
        using JsonDocument data = JsonDocument.Parse(await opened.Page.Locator("#data").TextContentAsync() ?? "");
        await opened.UnfoldAllAsync();
        foreach (JsonElement figure in data.RootElement.GetProperty("figures").EnumerateArray())
        {
            string id = figure.GetProperty("id").GetString()!;
            int numbers = figure.GetProperty("series").EnumerateArray().Sum(series => series.GetProperty("y").GetArrayLength());
            Assert.Equal(numbers, await opened.Page.Locator($"#figure-{id} details tbody tr").CountAsync());
        }
    }

    private static JsonElement Series(JsonElement figures, string id, string name) => figures.EnumerateArray().Single(figure => figure.GetProperty("id").GetString() == id)
        .GetProperty("series").EnumerateArray().Single(series => series.GetProperty("name").GetString() == name);

    private static void AssertNumbers(IEnumerable<double> expected, JsonElement shown)
    {
        double[] numbers = [.. shown.EnumerateArray().Select(value => value.GetDouble())];
        double[] wanted = [.. expected];
        Assert.Equal(wanted.Length, numbers.Length);
        for (int k = 0; k < wanted.Length; k++)
            Assert.Equal(wanted[k], numbers[k], FourDigits * Math.Max(0.1, Math.Abs(wanted[k])));
    }
}
