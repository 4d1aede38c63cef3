namespace IrtGpu.Tests.Cli;

/// <summary>Bifactor models from the command line: one table in, and what follows a calibration.</summary>
public sealed class BifactorCommandTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    private void WriteData()
    {
        Random random = new(3);
        List<string> lines = ["id,q1,q2,q3,q4,q5,q6,q7,q8"];
        for (int person = 0; person < 800; person++)
        {
            double[] theta = [.. Enumerable.Range(0, 3).Select(_ => random.NextDouble() * 4 - 2)];
            lines.Add($"p{person}," + string.Join(',', Enumerable.Range(0, 8).Select(item => random.NextDouble() < 1 / (1 + Math.Exp(-1.4 * theta[0] - 1.6 * theta[1 + item / 4] + 0.2 * (item - 4))) ? 1 : 0)));
        }
        command.Write("d.csv", string.Join('\n', lines) + "\n");
        command.Write("b.csv", "item,specific\nq1,first\nq2,first\nq3,first\nq4,first\nq5,second\nq6,second\nq7,second\nq8,second\n");
    }

    [Fact]
    public void A_table_of_specific_attributes_is_a_matrix_without_correlations_and_its_fit_scores_by_every_method()
    {
        WriteData();
        command.Write("q.csv", "item,general,first,second\n" + string.Concat(Enumerable.Range(1, 8).Select(item => $"q{item},1,{(item < 5 ? "1,0" : "0,1")}\n")));
        (int exitCode, string output, string error) = command.Run("calibrate", "d.csv", "--id", "id", "--bifactor", "b.csv", "--nodes", "15", "--out", "bifactor");
        Assert.True(exitCode == 0, error);
        Assert.Contains("Integration  reduced (at most 2 of 3 attributes are summed over at once)", output, StringComparison.Ordinal);
        Assert.Contains("Attributes   general, first, second", output, StringComparison.Ordinal);
        Assert.Equal(0, command.Run("calibrate", "d.csv", "--id", "id", "--q-matrix", "q.csv", "--orthogonal", "--integration", "reduced", "--nodes", "15", "--out", "matrix").ExitCode);
        Assert.Equal(command.ReadLines("matrix/items.csv"), command.ReadLines("bifactor/items.csv"));

        Assert.Equal(0, command.Run("score", "bifactor/calibration.json", "d.csv", "--id", "id", "--out", "again.csv").ExitCode);
        Assert.Equal(command.ReadLines("bifactor/scores.csv"), command.ReadLines("again.csv"));
        foreach (string errors in new[] { "louis", "xpd", "sandwich" })
        {
            Assert.Equal(0, command.Run("calibrate", "d.csv", "--id", "id", "--bifactor", "b.csv", "--nodes", "15", "--se", errors, "--out", errors).ExitCode);
            Assert.All(command.ReadLines($"{errors}/items.csv").Skip(1), line => Assert.True(line.Contains("fixed", StringComparison.Ordinal) || line.Split(',')[6].Length > 0, line));
        }
        foreach (string method in new[] { "map", "ml", "pv" })
        {
            Assert.Equal(0, command.Run("score", "bifactor/calibration.json", "d.csv", "--id", "id", "--method", method, "--out", $"{method}.csv").ExitCode);
            Assert.Equal(801, command.ReadLines($"{method}.csv").Length);
        }
        Assert.Equal(0, command.Run("calibrate", "d.csv", "--id", "id", "--bifactor", "b.csv", "--nodes", "15", "--start", "bifactor/calibration.json", "--fit-statistics", "m2,sx2,scores,person,rmsd", "--out", "more").ExitCode);
        string fit = string.Concat(command.ReadLines("more/model-fit.json"));
        Assert.Contains("\"m2\": ", fit, StringComparison.Ordinal);
        Assert.Contains("RMSD: ", fit, StringComparison.Ordinal);
        Assert.Contains("persons share", fit, StringComparison.Ordinal);
        Assert.Equal(1 + 9, command.ReadLines("more/sum-scores.csv").Length);
    }

    [Fact]
    public void A_table_of_testlets_is_a_specification_with_slopes_that_are_equal_within_items()
    {
        WriteData();
        command.Write("t.csv", "item,testlet\nq1,first\nq2,first\nq3,first\nq4,\nq5,second\nq6,second\nq7,second\nq8,\n");
        command.Write("t.yaml", """
            attributes: [general, first, second]
            orthogonal: true
            q-matrix: {q1: [general, first], q2: [general, first], q3: [general, first], q4: general, q5: [general, second], q6: [general, second], q7: [general, second], q8: general}
            constraints: [{items: '*', parameter: a, equal: within-items}]
            """);
        (int exitCode, string output, string error) = command.Run("calibrate", "d.csv", "--id", "id", "--testlet", "t.csv", "--nodes", "15", "--out", "testlet");
        Assert.True(exitCode == 0, error);
        Assert.Contains("18 free parameters", output, StringComparison.Ordinal);
        Assert.Equal(0, command.Run("calibrate", "d.csv", "--id", "id", "--spec", "t.yaml", "--nodes", "15", "--out", "spec").ExitCode);
        Assert.Equal(command.ReadLines("spec/items.csv"), command.ReadLines("testlet/items.csv"));
        Assert.Equal(command.ReadLines("spec/population.csv"), command.ReadLines("testlet/population.csv"));
        Assert.Contains(command.ReadLines("testlet/population.csv"), line => line.StartsWith(",,sd,first,,", StringComparison.Ordinal) && line.EndsWith(",free", StringComparison.Ordinal));
        Assert.Equal(0, command.Run("calibrate", "d.csv", "--id", "id", "--testlet", "t.csv", "--model", "rasch", "--nodes", "15", "--out", "rasch").ExitCode);
        Assert.Contains(command.ReadLines("rasch/population.csv"), line => line.StartsWith(",,sd,general,,", StringComparison.Ordinal) && line.EndsWith(",free", StringComparison.Ordinal));

        command.Write("t.csv", "item,testlet\nq1,general\n");
        Refuse("Give the testlet another", "--testlet", "t.csv");
        Refuse("Leave one out", "--testlet", "t.csv", "--bifactor", "b.csv");
        command.Write("t.yaml", "constraints: [{items: '*', parameter: a, equal: within}]\n");
        Refuse("within-items", "--spec", "t.yaml");
    }

    [Fact]
    public void What_needs_shared_nodes_is_refused_with_what_to_use()
    {
        WriteData();
        Refuses("computed on the cpu", "--device", "reference");
        Refuses("--e-step auto", "--e-step", "tables");
        Refuses("Leave one out", "--attributes", "2");
        Refuses("It takes auto, grid, reduced", "--integration", "laplace");
        command.Write("b.csv", "item,specific\nq1,general\nq1,\n");
        Refuses("has two rows in the bifactor table");
        command.Write("b.csv", "item,testlet\nq1,a\n");
        Refuses("needs the columns 'item' and 'specific'");
    }

    private void Refuses(string message, params string[] options) => Refuse(message, ["--bifactor", "b.csv", "--nodes", "15", .. options]);

    private void Refuse(string message, params string[] options)
    {
        (int exitCode, _, string error) = command.Run(["calibrate", "d.csv", "--id", "id", "--out", "refused", .. options]);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
