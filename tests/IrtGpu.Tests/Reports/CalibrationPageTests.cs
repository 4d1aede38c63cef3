using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IrtGpu.Tests.Cli;
using IrtGpu.Tests.Docs;

namespace IrtGpu.Tests.Reports;

/// <summary>What the page of a calibration shows is what its tables say.</summary>
public sealed class CalibrationPageTests : IDisposable
{
    private static readonly string Lsat = Path.Combine(DocumentationFolder.Root, "docs", "examples", "lsat7.csv");
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    private ReportPage Calibrate(params string[] more)
    {
        (int exitCode, _, string error) = command.Run(["calibrate", Lsat, "--weight", "freq", "--out", "results", "--threads", "2", "--quiet", .. more]);
        Assert.True(exitCode == 0, error);
        return ReportPage.Read(command.PathOf("results/report.html"));
    }

    private string[][] Table(string name) => [.. command.ReadLines($"results/{name}").Skip(1).Select(line => line.Split(','))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void The_table_of_items_has_the_numbers_of_the_tables()
    {
        ReportPage page = Calibrate("--fit-statistics", "all");
        IReadOnlyList<string> heads = page.Headlines("item-table");
        string[][] classical = Table("items-irt.csv");
        string[][] categories = Table("item-categories.csv");
        string[][] fit = Table("item-fit.csv");
        IReadOnlyList<IReadOnlyList<(string Text, double? Value)>> rows = page.Rows("item-table");
        Assert.Equal(5, rows.Count);
        for (int item = 0; item < 5; item++)
        {
            double? Cell(string head, int offset = 0) => rows[item][heads.ToList().IndexOf(head) + offset].Value;
            string name = rows[item][0].Text;
            Assert.Equal($"Item.{item + 1}", name);
            Assert.Equal(Number(classical.Single(row => row[2] == name && row[4] == "a")[5]), Cell("Discrimination"));
            Assert.Equal(Number(classical.Single(row => row[2] == name && row[4] == "a")[6]), Cell("Discrimination", 1));
            Assert.Equal(Number(classical.Single(row => row[2] == name && row[4] == "b")[5]), Cell("Difficulty"));
            Assert.Equal(Number(classical.Single(row => row[2] == name && row[4] == "b")[6]), Cell("Difficulty", 1));
            Assert.Equal(Number(categories.Single(row => row[1] == name && row[2] == "1")[4]), Cell("Mean score")!.Value, 12);
            Assert.Equal(Number(fit.Single(row => row[1] == name)[4]), Cell("p (S-X²)"));
            Assert.Equal(Number(fit.Single(row => row[1] == name)[5]), Cell("Infit"));
        }
    }

    [Fact]
    public void Curves_follow_from_slopes_and_intercepts_and_points_are_those_of_the_table()
    {
        ReportPage page = Calibrate();
        string[][] items = Table("items.csv");
        string[][] observed = Table("observed-curves.csv");
        for (int item = 0; item < 5; item++)
        {
            string name = $"Item.{item + 1}";
            double a = Number(items.Single(row => row[2] == name && row[4] == "a1")[5]);
            double d = Number(items.Single(row => row[2] == name && row[4] == "d")[5]);
            JsonElement figure = page.Figure(item, "answers");
            double[] theta = page.Values(figure, "answer 1", "x");
            double[] probability = page.Values(figure, "answer 1", "y");
            Assert.True(theta.Length > 50);
            double[] information = page.Values(page.Figure(item, "information"), "information", "y");
            for (int point = 0; point < theta.Length; point++)
            {
                double expected = 1 / (1 + Math.Exp(-(a * theta[point] + d)));
                Assert.Equal(expected, probability[point], 2e-4);
                Assert.Equal(a * a * expected * (1 - expected), information[point], 2e-4);
            }
            string[][] own = [.. observed.Where(row => row[2] == name && row[3] == "1" && Number(row[5]) >= 2)];
            Assert.All(own, row => Assert.Contains(page.Values(figure, "answer 1, observed", "x"), x => Math.Abs(x - Number(row[4])) < 1e-3));
            Assert.All(own, row => Assert.Contains(page.Values(figure, "answer 1, observed", "y"), y => Math.Abs(y - Number(row[6])) < 1e-3));
        }
    }

    [Fact]
    public void Scores_information_and_cycles_are_those_of_the_tables()
    {
        ReportPage page = Calibrate("--fit-statistics", "information");
        string[][] scores = Table("score-distribution.csv");
        Assert.Equal(scores.Select(row => Number(row[4])), page.Values(page.Figure("scores-0"), "persons", "y"));
        Assert.Equal(1000, page.Values(page.Figure("wright"), "persons", "y").Sum(), 6);
        Assert.Equal(scores.Select(row => Math.Round(Number(row[2]), 3)), page.Values(page.Figure("wright"), "persons", "lower").Select(low => Math.Round(low, 3)));
        string[][] information = Table("test-information.csv");
        double[] shown = page.Values(page.Figure("information-0"), "information", "y");
        Assert.Equal(information.Length, shown.Length);
        Assert.All(Enumerable.Range(0, shown.Length), point => Assert.Equal(Number(information[point][4]), shown[point], 1e-3));
        Assert.Equal(Table("trace.csv").Length, page.Values(page.Figure("cycles"), "largest change", "y").Length);
    }

    [Fact]
    public void The_page_made_later_is_that_of_the_run_and_none_is_made_unasked()
    {
        Calibrate();
        byte[] ofRun = File.ReadAllBytes(command.PathOf("results/report.html"));
        Assert.Equal(0, command.Run("report", "results").ExitCode);
        Assert.Equal(ofRun, File.ReadAllBytes(command.PathOf("results/report.html")));
        Assert.Equal(0, command.Run("calibrate", Lsat, "--weight", "freq", "--out", "results", "--report", "none").ExitCode);
        Assert.False(File.Exists(command.PathOf("results/report.html"))); // that of the run before went with its tables
    }

    [Fact]
    public void Only_scripts_of_known_hash_run_and_nothing_is_loaded()
    {
        ReportPage page = Calibrate();
        string policy = System.Net.WebUtility.HtmlDecode(ReportPage.Between(page.Text, "Content-Security-Policy\" content=\"", "\""));
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy, StringComparison.Ordinal);
        string[] scripts = [.. page.Text.Split("<script>").Skip(1).Select(part => part[..part.IndexOf("</script>", StringComparison.Ordinal)])];
        Assert.Equal(2, scripts.Length);
        Assert.All(scripts, script => Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", policy, StringComparison.Ordinal));
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        string own = page.Text.Replace(scripts[0], "", StringComparison.Ordinal);
        Assert.DoesNotContain("http://", own, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"", own, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_are_text()
    {
        string[] names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "{{ page.title }}", "<!--script-->"];
        string[] lines = File.ReadAllLines(Lsat);
        File.WriteAllLines(command.PathOf("hostile.csv"), [$"{string.Join(',', names.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))},freq", .. lines.Skip(1)]);
        (int exitCode, _, string error) = command.Run("calibrate", "hostile.csv", "--weight", "freq", "--out", "results", "--fit-statistics", "all", "--quiet");
        Assert.True(exitCode == 0, error);
        ReportPage page = ReportPage.Read(command.PathOf("results/report.html"));
        Assert.Equal(names, page.Rows("item-table").Select(row => row[0].Text));
        Assert.Equal(names, page.Data.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.All(names.Where(name => name.Contains('<')), name => Assert.DoesNotContain(name, page.Text.Replace("<!--script-->", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.DoesNotContain("onerror=alert(1)>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('<', ReportPage.Between(page.Text, "id=\"data\">", "</script>"));
    }

    [Fact]
    public void Missing_and_damaged_tables_are_named()
    {
        Calibrate();
        string items = command.PathOf("results/items-irt.csv");
        string whole = File.ReadAllText(items);
        File.WriteAllText(items, whole.Replace("0.98751", "much", StringComparison.Ordinal));
        (int exitCode, _, string error) = command.Run("report", "results");
        Assert.Equal(3, exitCode);
        Assert.Contains("items-irt.csv:2, column 'estimate'", error, StringComparison.Ordinal);
        File.WriteAllText(items, whole.Replace("estimate", "value", StringComparison.Ordinal));
        Assert.Contains("There is no column 'estimate'", command.Run("report", "results").Error, StringComparison.Ordinal);
        File.Delete(items);
        Assert.Contains("needs 'items-irt.csv'", command.Run("report", "results").Error, StringComparison.Ordinal);
        (exitCode, _, error) = command.Run("report", "nowhere");
        Assert.Equal(3, exitCode);
        Assert.Contains("There is no such folder", error, StringComparison.Ordinal);
        Directory.CreateDirectory(command.PathOf("empty"));
        Assert.Contains("No results are in this folder", command.Run("report", "empty").Error, StringComparison.Ordinal);
    }
}
