using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IrtGpu.Tests.Cli;

public sealed class FitCommandTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    private void Calibrate(params string[] more)
    {
        Assert.Equal(0, command.Run("simulate", command.WriteModel(), "--persons", "900", "--seed", "3", "--out", "d.csv").ExitCode);
        (int exitCode, _, string error) = command.Run(["calibrate", "d.csv", "--group", "group", "--quiet", "--out", "results", .. more]);
        Assert.True(exitCode == 0, error);
    }

    [Fact]
    public void Every_table_is_written_and_the_fit_of_a_calibration_is_the_same_beside_it()
    {
        Calibrate("--fit-statistics", "all");
        (int exitCode, string output, string error) = command.Run("fit", "results", "d.csv", "--group", "group", "--out", "fit");
        Assert.True(exitCode == 0, error);
        Assert.Contains("M2*", output, StringComparison.Ordinal);
        string[] tables = ["item-fit.csv", "rmsd.csv", "local-dependence.csv", "person-fit.csv", "sum-scores.csv", "test-information.csv", "item-information.csv"];
        foreach (string table in tables)
        {
            string[] lines = command.ReadLines($"fit/{table}");
            Assert.True(lines.Length > 1, table);
            Assert.DoesNotContain(lines, line => line.Contains("NaN", StringComparison.Ordinal));
            Assert.Equal(command.ReadLines($"results/{table}").Length, lines.Length);
        }
        Assert.Equal(command.ReadLines("results/rmsd.csv"), command.ReadLines("fit/rmsd.csv"));
        int corrected = Array.IndexOf(command.ReadLines("fit/item-fit.csv")[0].Split(','), "sx2_p_corrected");
        double[] Corrected(string folder) => [.. command.ReadLines($"{folder}/item-fit.csv").Skip(1).Select(line => line.Split(',')[corrected] is { Length: > 0 } p ? double.Parse(p, CultureInfo.InvariantCulture) : -1)];
        Assert.All(Corrected("results").Zip(Corrected("fit")), pair => Assert.Equal(pair.First, pair.Second, 1e-9)); // the covariance is kept as one triangle
        Assert.Equal(901, command.ReadLines("fit/person-fit.csv").Length);
        Assert.StartsWith("group,item,sx2,sx2_df,sx2_p,infit,infit_z,outfit,outfit_z,x2,", command.ReadLines("fit/item-fit.csv")[0], StringComparison.Ordinal);
        Assert.StartsWith("group,item,rmsd,rmsd_corrected,md", command.ReadLines("fit/rmsd.csv")[0], StringComparison.Ordinal);
        Assert.StartsWith("item,item2,q3,aq3,ldx2,", command.ReadLines("fit/local-dependence.csv")[0], StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(command.PathOf("fit/model-fit.json")));
        foreach (string name in (string[])["m2", "df", "p", "rmsea", "rmseaLower", "rmseaUpper", "srmsr", "cfi", "tli"])
        {
            JsonElement value = json.RootElement.GetProperty(name);
            Assert.True(value.ValueKind == JsonValueKind.Number || json.RootElement.GetProperty(name + "Reason").GetString()!.Length > 0, name);
        }
        Assert.Equal(2, json.RootElement.GetProperty("groups").GetArrayLength());
        Assert.True(File.Exists(command.PathOf("fit/run.json")));
    }

    [Fact]
    public void A_list_gives_its_tables_alone_and_lets_those_of_an_earlier_run_go()
    {
        Calibrate();
        Assert.Equal(0, command.Run("fit", "results", "d.csv", "--group", "group", "--out", "fit", "--quiet").ExitCode);
        (int exitCode, string output, string error) = command.Run("fit", "results", "d.csv", "--group", "group", "--statistics", "rmsd,m2", "--out", "fit", "--json");
        Assert.True(exitCode == 0, error);
        Assert.StartsWith("{", output, StringComparison.Ordinal);
        Assert.Equal(["model-fit.json", "report.html", "rmsd.csv", "run.json"], Directory.GetFiles(command.PathOf("fit")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("does not know 'm3'", "--statistics", "m3")]
    [InlineData("names none", "--statistics", "none")]
    [InlineData("folder of a calibration", "--out", "results")]
    [InlineData("at least one thread", "--threads", "0")]
    [InlineData("does not know 'sum'", "--person-estimator", "sum")]
    [InlineData("must rise", "--cuts", "1,0")]
    [InlineData("'x' is no number", "--sum-cuts", "3,x")]
    [InlineData("on two scales", "--sum-cuts", "3", "--cuts", "0")]
    [InlineData("from 2", "--draws", "1")]
    public void Mistakes_are_told_with_what_to_do(string message, params string[] arguments)
    {
        Calibrate();
        (int exitCode, _, string error) = command.Run(["fit", "results", "d.csv", "--group", "group", .. arguments]);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_data_than_those_of_the_calibration_are_warned_of()
    {
        Calibrate();
        Assert.Equal(0, command.Run("simulate", "results", "--persons", "500", "--seed", "9", "--out", "new.csv").ExitCode);
        (int exitCode, _, string error) = command.Run("fit", "results", "new.csv", "--group", "group", "--statistics", "m2");
        Assert.Equal(0, exitCode);
        Assert.Contains("is not the file that the model was calibrated on", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_covariance_that_the_fit_keeps_is_used_and_not_computed_again()
    {
        Calibrate();
        string[] CorrectedP(string name)
        {
            Assert.Equal(0, command.Run("fit", "results", "d.csv", "--group", "group", "--statistics", "sx2", "--out", name, "--quiet").ExitCode);
            int column = Array.IndexOf(command.ReadLines($"{name}/item-fit.csv")[0].Split(','), "sx2_p_corrected");
            return [.. command.ReadLines($"{name}/item-fit.csv").Skip(1).Select(line => line.Split(',')[column])];
        }
        string[] before = CorrectedP("one");
        string path = command.PathOf("results/calibration.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        byte[] packed = Convert.FromBase64String(json["freeParameterCovariance"]!.GetValue<string>());
        for (int at = 0; at < packed.Length; at += sizeof(double))
            BitConverter.TryWriteBytes(packed.AsSpan(at), BitConverter.ToDouble(packed, at) / 2);
        json["freeParameterCovariance"] = Convert.ToBase64String(packed);
        File.WriteAllText(path, json.ToJsonString());
        Assert.NotEqual(before, CorrectedP("two"));
    }

    [Fact]
    public void Cut_scores_give_the_table_of_classification_whatever_statistics_there_are()
    {
        Calibrate();
        (int exitCode, string output, string error) = command.Run("fit", "results", "d.csv", "--group", "group", "--statistics", "none", "--cuts", "-0.5,1", "--out", "fit");
        Assert.True(exitCode == 0, error);
        Assert.Contains("Classification at cut scores", output, StringComparison.Ordinal);
        string[] lines = command.ReadLines("fit/classification.csv");
        Assert.Equal(1 + 2 * 2 * 3, lines.Length); // groups, measures, each cut and all
        Assert.DoesNotContain(lines, line => line.Contains("NaN", StringComparison.Ordinal));
    }
}
