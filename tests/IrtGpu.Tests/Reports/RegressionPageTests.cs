using System.Globalization;
using System.Text.Json;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Reports;

/// <summary>What the pages of regressions and of checks show is what their tables say.</summary>
public sealed class RegressionPageTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string[][] Table(string name) => [.. command.ReadLines(name).Skip(1).Select(line => line.Split(','))];

    private ReportPage Run(params string[] arguments)
    {
        (int exitCode, _, string error) = command.Run([.. arguments, "--out", "results", "--quiet"]);
        Assert.True(exitCode == 0, error);
        return ReportPage.Read(command.PathOf("results/report.html"));
    }

    private static void AssertClose(IEnumerable<double> expected, double[] actual)
    {
        double[] numbers = [.. expected];
        Assert.Equal(numbers.Length, actual.Length);
        Assert.All(Enumerable.Range(0, numbers.Length), place => Assert.Equal(numbers[place], actual[place], 1e-3 * Math.Max(0.1, Math.Abs(numbers[place]))));
    }

    [Fact]
    public void Coefficients_effects_and_residuals_of_a_mixed_model_are_those_of_the_tables()
    {
        command.TakeExample("sleepstudy.csv");
        ReportPage page = Run("regress", "Reaction ~ Days + (Days | Subject)", "sleepstudy.csv", "--fitted");
        string[][] fixedEffects = Table("results/fixed-effects.csv");
        IReadOnlyList<IReadOnlyList<(string Text, double? Value)>> rows = page.Rows("coefficient-table");
        Assert.Equal(["(Intercept)", "Days"], rows.Select(row => row[0].Text));
        for (int row = 0; row < 2; row++)
            Assert.Equal(fixedEffects[row][2..].Select(text => (double?)Number(text)), rows[row].Skip(1).Select(cell => cell.Value));
        string[][] days = [.. Table("results/blups.csv").Where(row => row[3] == "Days").OrderBy(row => Number(row[4]))];
        AssertClose(days.Select(row => Number(row[4])), page.Values(page.Figure("effects-1"), "Days of Subject", "x"));
        AssertClose(days.Select(row => Number(row[4]) - 1.96 * Number(row[5])), page.Values(page.Figure("effects-1"), "Days of Subject", "lower"));
        AssertClose(Table("results/fitted.csv").Select(row => Number(row[2])), page.Values(page.Figure("residuals-figure"), "row", "y"));
        Assert.Contains("Converged, and nothing looks suspicious.", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Traces_and_ranks_of_draws_hold_every_chain()
    {
        command.TakeExample("sleepstudy.csv");
        ReportPage page = Run("regress", "Reaction ~ Days + (1 | Subject)", "sleepstudy.csv", "--draws", "60", "--warmup", "150", "--chains", "2");
        JsonElement trace = page.Figure("trace-0");
        string name = trace.GetProperty("title").GetString()!;
        int column = Array.IndexOf(command.ReadLines("results/draws.csv")[0].Split(','), name);
        AssertClose(Table("results/draws.csv").Where(row => row[0] == "2").Select(row => Number(row[column])), page.Values(trace, "chain 2", "y"));
        Assert.Equal(60, page.Values(page.Figure("ranks-1"), "chain 1", "y").Sum());
    }

    [Fact]
    public void Classes_lie_over_the_data()
    {
        command.TakeExample("predictors.csv");
        Assert.Equal(0, command.Run("simulate", "y ~ x", "--data", "predictors.csv", "--classes", "2", "--from", "prior", "--prior", "Intercept:normal(0,1)", "--prior", "b:class1:normal(-4,0.1)",
            "--prior", "b:class2:normal(4,0.1)", "--prior", "sigma:constant(1)", "--prior", "theta:dirichlet(5)", "--seed", "4", "--out", "study.csv").ExitCode);
        ReportPage page = Run("regress", "y ~ x", "study.csv", "--classes", "2");
        string[][] data = Table("results/class-data.csv");
        JsonElement figure = page.Figure("class-data");
        foreach (string latent in new[] { "1", "2" })
        {
            AssertClose(data.Where(row => row[1] == latent).Select(row => Number(row[5])), page.Values(figure, $"class {latent}", "x"));
            AssertClose(data.Where(row => row[1] == latent).Select(row => Number(row[3])), page.Values(figure, $"class {latent}", "y"));
        }
        string[][] coefficients = Table("results/fixed-effects.csv");
        foreach (string[] row in data) // the mean of a class is its line
        {
            double expected = Number(coefficients.Single(one => one[0] == "2" && one[1] == "(Intercept)")[2]) + Number(row[5]) * Number(coefficients.Single(one => one[0] == "2" && one[1] == "x")[2]);
            Assert.Equal(expected, Number(row[7]), 1e-9);
        }
    }

    [Fact]
    public void Checks_have_pages_of_their_own_and_stand_beside_a_calibration()
    {
        command.WriteModel();
        Assert.Equal(0, command.Run("simulate", "model.yaml", "--persons", "600", "--seed", "1", "--out", "d.csv").ExitCode);
        ReportPage page = Run("calibrate", "d.csv", "--group", "group");
        Assert.DoesNotContain("id=\"dependence\"", page.Text, StringComparison.Ordinal);
        Assert.Equal(0, command.Run("fit", "results", "d.csv", "--group", "group", "--out", "fit", "--quiet").ExitCode);
        Assert.Equal(0, command.Run("dif", "d.csv", "--group", "group", "--out", "dif", "--quiet").ExitCode);
        Assert.Equal(0, command.Run("report", "results", "--with", "fit", "--with", "dif").ExitCode);
        page = ReportPage.Read(command.PathOf("results/report.html"));
        Assert.Contains("id=\"dependence\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("id=\"dif\"", page.Text, StringComparison.Ordinal);
        Assert.Equal(Table("dif/dif.csv").Length, page.Rows("dif-table").Count);
        Assert.Equal(Table("fit/item-fit.csv").Length, ReportPage.Read(command.PathOf("fit/report.html")).Rows("item-fit-table").Count);
        Assert.Equal(Table("dif/dif.csv").Select(row => row[0]), ReportPage.Read(command.PathOf("dif/report.html")).Rows("dif-table").Select(row => row[0].Text));
    }

    [Fact]
    public void Pictures_are_written_as_files()
    {
        command.TakeExample("lsat7.csv");
        string[] lines = command.ReadLines("lsat7.csv");
        File.WriteAllLines(command.PathOf("lsat7.csv"), [lines[0].Replace("Item.1", "<b>&\"one\"", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal), .. lines.Skip(1)]);
        Run("calibrate", "lsat7.csv", "--weight", "freq");
        (int exitCode, string output, string error) = command.Run("report", "results", "--plots", "pictures");
        Assert.True(exitCode == 0, error);
        Assert.Contains("pictures", output, StringComparison.Ordinal);
        foreach (string name in new[] { "wright", "information-0", "scores-0", "cycles" })
        {
            Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(command.PathOf($"pictures/{name}.png"))[..4]);
            System.Xml.Linq.XDocument.Load(command.PathOf($"pictures/{name}.svg"));
        }
        Assert.Equal("svg", System.Xml.Linq.XDocument.Load(command.PathOf("pictures/item-1-answers.svg")).Root!.Name.LocalName); // its name is markup
        Assert.Equal(5, Directory.GetFiles(command.PathOf("pictures"), "item-*-answers.svg").Length);
    }
}
