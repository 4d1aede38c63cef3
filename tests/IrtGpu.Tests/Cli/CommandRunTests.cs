using System.Globalization;
using System.Text.Json;

namespace IrtGpu.Tests.Cli;

public sealed class CommandRunTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    private void Simulate(string name, int persons = 600, string seed = "1", string threads = "2")
    {
        (int exitCode, _, string error) = command.Run(
            "simulate", command.WriteModel(), "--persons", persons.ToString(CultureInfo.InvariantCulture), "--seed", seed, "--out", name, "--threads", threads);
        Assert.True(exitCode == 0, error);
    }

    [Fact]
    public void A_calibration_writes_every_file_and_its_fit_scores_the_same_data_to_the_same_table()
    {
        Simulate("d.csv");
        (int exitCode, string output, string error) = command.Run("calibrate", "d.csv", "--group", "group", "--out", "results");
        Assert.True(exitCode == 0, error);
        Assert.Contains("Written to", output, StringComparison.Ordinal);
        Assert.Equal(
            ["calibration.json", "fit.json", "item-categories.csv", "items-irt.csv", "items.csv", "observed-curves.csv", "population.csv", "report.html", "rmsd.csv", "run.json", "score-distribution.csv", "score-summary.csv", "scores.csv", "trace.csv"],
            Directory.GetFiles(command.PathOf("results")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, command.Run("score", "results/calibration.json", "d.csv", "--group", "group", "--out", "again.csv").ExitCode);
        Assert.Equal(command.ReadLines("results/scores.csv"), command.ReadLines("again.csv"));

        foreach (string method in new[] { "map", "ml", "wle", "pv" })
        {
            Assert.Equal(0, command.Run("score", "results/calibration.json", "d.csv", "--group", "group", "--method", method, "--out", $"{method}.csv").ExitCode);
            string[] lines = command.ReadLines($"{method}.csv");
            Assert.Equal(601, lines.Length);
            Assert.DoesNotContain(lines, line => line.Contains("NaN", StringComparison.Ordinal));
        }
        Assert.Contains(command.ReadLines("ml.csv"), line => line.EndsWith(",,,+infinite", StringComparison.Ordinal));
        Assert.DoesNotContain(command.ReadLines("wle.csv"), line => line.EndsWith("infinite", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("auto", "tables")]
    [InlineData("weighted-score", "weighted-score")]
    [InlineData("tables", "tables")]
    public void Scores_of_a_calibration_and_of_its_fit_are_the_same_bytes_in_every_form(string asked, string taken)
    {
        Simulate("d.csv", 4000);
        (int exitCode, _, string error) = command.Run(
            "calibrate", "d.csv", "--group", "group", "--e-step", asked, "--se", "none", "--quiet", "--out", "results");
        Assert.True(exitCode == 0, error);
        Assert.Contains($"\"eStepForm\": \"{taken}\"", File.ReadAllText(command.PathOf("results/fit.json")), StringComparison.Ordinal);
        Assert.Equal(
            0, command.Run("score", "results/calibration.json", "d.csv", "--group", "group", "--e-step", asked, "--threads", "1", "--out", "again.csv").ExitCode);
        Assert.Equal(File.ReadAllBytes(command.PathOf("results/scores.csv")), File.ReadAllBytes(command.PathOf("again.csv")));
    }

    [Fact]
    public void Json_alone_stands_on_standard_output_and_few_cycles_end_with_4()
    {
        Simulate("d.csv", 200);
        (int exitCode, string output, string error) = command.Run("calibrate", "d.csv", "--group", "group", "--out", "r", "--json", "--max-cycles", "1", "--se", "none", "--scores", "none");
        Assert.Equal(4, exitCode);
        Assert.Contains("Not converged", error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.False(json.RootElement.GetProperty("converged").GetBoolean());
        foreach (string key in ("logLikelihood deviance freeParameters aic bic sabic persons weightTotal patterns items cycles eSteps converged termination largestChange "
            + "gradientNorm quadrature device precision threads seconds peakMemoryBytes version seed inputSha256 warnings").Split(' '))
        {
            Assert.True(json.RootElement.TryGetProperty(key, out _), key);
        }
        foreach (string key in new[] { "read", "plan", "estimate", "standardErrors", "score", "total" })
            Assert.True(json.RootElement.GetProperty("seconds").TryGetProperty(key, out _), key);
        Assert.True(File.Exists(command.PathOf("r/items.csv")));
        Assert.False(File.Exists(command.PathOf("r/scores.csv")));
    }

    [Fact]
    public void Simulation_depends_on_the_seed_and_not_on_threads()
    {
        Simulate("one.csv", 700, "5", "1");
        Simulate("two.csv", 700, "5", "3");
        Simulate("other.csv", 700, "6", "1");
        Assert.Equal(command.ReadLines("one.csv"), command.ReadLines("two.csv"));
        Assert.NotEqual(command.ReadLines("one.csv"), command.ReadLines("other.csv"));
        Assert.Equal("group,q1,q2,q3,p1", command.ReadLines("one.csv")[0]);
        Assert.All(command.ReadLines("one.csv").Skip(1), line => Assert.True(line.Split(',')[3] is "1" or "2"));
    }

    [Fact]
    public void Anchors_hold_item_parameters_and_free_the_populations()
    {
        Simulate("d.csv");
        Assert.Equal(0, command.Run("calibrate", "d.csv", "--group", "group", "--out", "first", "--quiet").ExitCode);
        foreach (string anchors in new[] { "first/items.csv", "first/calibration.json" })
        {
            (int exitCode, _, string error) = command.Run("calibrate", "d.csv", "--group", "group", "--anchors", anchors, "--out", "second", "--quiet");
            Assert.True(exitCode == 0, error);
            string[] first = [.. command.ReadLines("first/items.csv").Skip(1)];
            string[] second = [.. command.ReadLines("second/items.csv").Skip(1)];
            Assert.Equal(first.Select(line => line.Split(',')[5]), second.Select(line => line.Split(',')[5]));
            Assert.All(second, line => Assert.EndsWith(",,fixed", line, StringComparison.Ordinal));
            Assert.All(command.ReadLines("second/population.csv").Skip(1), line => Assert.EndsWith(",free", line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_truth_is_written_beside_the_responses_it_was_drawn_for()
    {
        Assert.Equal(0, command.Run("simulate", command.WriteModel(), "--persons", "3000", "--seed", "2", "--out", "d.csv", "--truth", "truth.csv").ExitCode);
        string[] responses = command.ReadLines("d.csv");
        string[] truth = command.ReadLines("truth.csv");
        Assert.Equal("group,class,theta", truth[0]);
        Assert.Equal(responses.Select(line => line.Split(',')[0]), truth.Select(line => line.Split(',')[0]));
        Assert.All(truth.Skip(1), line => Assert.Empty(line.Split(',')[1]));
        double Mean(Func<int, bool> includes) => Enumerable.Range(1, 3000).Where(includes).Average(row => double.Parse(truth[row].Split(',')[2], CultureInfo.InvariantCulture));
        Assert.Equal(0, Mean(row => truth[row][0] == 'A'), 5 / Math.Sqrt(2000));
        Assert.Equal(0.7, Mean(row => truth[row][0] == 'B'), 5 / Math.Sqrt(1000));
        Assert.True(Mean(row => responses[row].Split(',')[1] == "1") > Mean(row => responses[row].Split(',')[1] == "0") + 0.3);
    }

    [Fact]
    public void Devices_lists_the_cpu_and_help_succeeds()
    {
        (int exitCode, string output, _) = command.Run("devices");
        Assert.Equal(0, exitCode);
        Assert.Contains("cpu", output, StringComparison.Ordinal);
        Assert.Contains("cuda", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", command.Run("calibrate", "--help").Output, StringComparison.Ordinal);
    }
}
