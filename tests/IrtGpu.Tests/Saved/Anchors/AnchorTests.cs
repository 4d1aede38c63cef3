using System.Globalization;
using IrtGpu.Tests.Cli;
using IrtGpu.Tests.Linking;

namespace IrtGpu.Tests.Saved.Anchors;

/// <summary>Anchors are understood in the model that their numbers are of.</summary>
public sealed class AnchorTests : IDisposable
{
    private readonly CommandFolder command = new();

    public AnchorTests() => Calibrate(TestFiles.PathOf("Linking/data/graded-old.csv"), "old", "--model", "grm");

    public void Dispose() => command.Dispose();

    private static string New => TestFiles.PathOf("Linking/data/graded-new.csv");

    private static string Lacking => TestFiles.PathOf("Linking/data/graded-lacking.csv"); // nobody gives 0 to x1

    private Results Calibrate(string data, string name, params string[] options)
    {
        (int exitCode, _, string error) = command.Run(["calibrate", data, "--quiet", "--out", name, .. options]);
        Assert.True(exitCode == 0, error);
        return new Results(command.PathOf(name));
    }

    private void Refuses(string data, string[] options, params string[] parts)
    {
        (int exitCode, _, string error) = command.Run(["calibrate", data, "--quiet", "--out", "refused", .. options]);
        Assert.True(exitCode is 2 or 3, $"{exitCode}: {error}");
        Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    /// <summary>Numbers of independent maximisations over the same nodes.</summary>
    [Theory]
    [InlineData("old/items.csv", "grm", -2660.283, 0.575, 0.975)]
    [InlineData("old/items.csv", "gpcm", -2658.973, 0.576, 0.977)]
    [InlineData("old/calibration.json", "grm", -2660.283, 0.575, 0.975)]
    [InlineData("old", "gpcm", -2658.973, 0.576, 0.977)]
    [InlineData("old/items-irt.csv", "grm", -2660.283, 0.575, 0.975)]
    public void Anchored_items_keep_their_model(string anchors, string modelOfNewItem, double logLikelihood, double mean, double deviation)
    {
        Results fit = Calibrate(New, "new", "--anchors", anchors, "--model", $"x6={modelOfNewItem}");
        Assert.Equal(logLikelihood, fit.LogLikelihood, 2e-3);
        Assert.Equal(mean, Results.Number(fit.Population("mean")), 2e-3);
        Assert.Equal(deviation, Results.Number(fit.Population("sd")), 2e-3);
        Assert.Equal(7, fit.Fit.GetProperty("freeParameters").GetInt32());
        Assert.All(fit.Table("items.csv"), row => Assert.Equal((row["item"] == "x6" ? modelOfNewItem : "grm", row["item"] == "x6"), (row["function"], row["status"] == "free")));
    }

    [Fact]
    public void A_model_in_which_the_numbers_mean_something_else_is_refused() => Refuses(
        New, ["--anchors", "old/items.csv", "--model", "gpcm"],
        "5 anchored item(s)", "are grm in the anchors, but the model says gpcm", "x1,x2,x3,x4,x5=grm", "anchored items bring theirs");

    [Fact]
    public void A_table_without_models_is_asked_for_them()
    {
        File.WriteAllLines(command.PathOf("plain.csv"), command.ReadLines("old/items.csv").Select(line => string.Join(',', line.Split(',') is var cells ? [cells[2], cells[4], cells[5]] : [])));
        Refuses(New, ["--anchors", "plain.csv"], "plain.csv:2", "do not say of which model 5 item(s)", "column 'function'", "=grm");
        Assert.Equal(-2660.283, Calibrate(New, "new", "--anchors", "plain.csv", "--model", "grm").LogLikelihood, 2e-3);
    }

    /// <summary>Numbers of an independent maximisation with x1 as in the old fit.</summary>
    [Fact]
    public void An_anchored_item_keeps_the_categories_that_its_fit_knows()
    {
        Results fit = Calibrate(Lacking, "new", "--anchors", "old/calibration.json", "--model", "grm");
        Assert.Equal(-2658.746, fit.LogLikelihood, 2e-3);
        Assert.Equal(0.597, Results.Number(fit.Population("mean")), 2e-3);
        Assert.Equal(0.920, Results.Number(fit.Population("sd")), 2e-3);
        string[] expected = ["1.131", "1.277", "0.546", "-0.605", "-1.797"];
        string[] names = ["a1", "d1", "d2", "d3", "d4"];
        foreach ((string name, string value) in names.Zip(expected))
            Assert.Equal(double.Parse(value, CultureInfo.InvariantCulture), Results.Number(fit.Item("x6", name)), 3e-3);
        Assert.Equal(Results.Number(new Results(command.PathOf("old")).Item("x1", "d1")), Results.Number(fit.Item("x1", "d1")));

        Results declared = Calibrate(Lacking, "declared", "--anchors", "old/items.csv", "--model", "grm", "--codes", "x1=0,1,2,3,4");
        Assert.Equal(fit.LogLikelihood, declared.LogLikelihood, 1e-6);
    }

    [Fact]
    public void A_table_says_how_many_categories_an_anchor_has_and_the_data() => Refuses(
        Lacking, ["--anchors", "old/items.csv"],
        "old/items.csv:2", "'x1' has 5 categories in the anchors but 4 here (codes 1, 2, 3, 4)", "calibration.json", "--codes 'x1=…'");

    /// <summary>The same persons without those who gave an answer: scores do not change for the others, as all is fixed.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_category_that_nobody_gives_changes_nothing_of_the_others(int code)
    {
        string[] lines = File.ReadAllLines(New);
        string[] kept = [.. lines.Where((line, row) => row == 0 || !line.Split(',')[0].Equals(code.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))];
        string[] five = [.. kept.Select(line => string.Join(',', line.Split(',').Take(5)))];
        File.WriteAllLines(command.PathOf("some.csv"), five);
        Results fit = Calibrate("some.csv", "new", "--anchors", "old/calibration.json", "--model", "grm");
        Assert.All(fit.Table("items.csv"), row => Assert.Equal("fixed", row["status"]));
        Assert.Equal(5, fit.Table("items.csv").Count(row => row["item"] == "x1"));
        Assert.Equal(2, fit.Fit.GetProperty("freeParameters").GetInt32());
        (int exitCode, _, string error) = command.Run("score", "new/calibration.json", "some.csv", "--out", "again.csv");
        Assert.True(exitCode == 0, error);
        Assert.Equal(command.ReadLines("new/scores.csv"), command.ReadLines("again.csv"));
    }

    [Fact]
    public void An_anchored_item_that_all_solve_is_no_obstacle()
    {
        command.Write("old.csv", "q1,q2,q3,q4\n" + string.Concat(Enumerable.Range(0, 200).Select(person => $"{person % 2},{person / 2 % 2},{person / 3 % 2},{(person * 7 + person / 5) % 3 / 2}\n")));
        Calibrate("old.csv", "tests", "--model", "rasch");
        command.Write("new.csv", "q1,q2,q3,q4\n" + string.Concat(Enumerable.Range(0, 100).Select(person => $"1,{person / 2 % 2},{person / 3 % 2},{(person * 7 + person / 5) % 3 / 2}\n")));
        Results fit = Calibrate("new.csv", "new", "--anchors", "tests/calibration.json");
        Assert.Equal("rasch", fit.Item("q1", "d")["function"]);
        Assert.Equal(Results.Number(new Results(command.PathOf("tests")).Item("q1", "d")), Results.Number(fit.Item("q1", "d")));
        Refuses("new.csv", ["--anchors", "tests/items.csv"], "q1", "one category, where its anchors have 2", "--codes 'q1=…'", "calibration.json");
        Calibrate("new.csv", "declared", "--anchors", "tests/items.csv", "--codes", "q1=0,1");
    }

    [Fact]
    public void An_answer_that_the_fit_does_not_know_is_refused()
    {
        File.WriteAllLines(command.PathOf("odd.csv"), File.ReadAllLines(New).Select((line, row) => row == 3 ? "7" + line[1..] : line));
        Refuses("odd.csv", ["--anchors", "old/calibration.json"], "x1", "'7'", "unknown to the fit");
    }
}
