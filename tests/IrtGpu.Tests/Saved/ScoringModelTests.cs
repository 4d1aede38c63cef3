using System.Globalization;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Saved;

/// <summary>Published parameters: everything is fixed, so that few persons, or one, and items that all answer alike can be scored.</summary>
public sealed class ScoringModelTests : IDisposable
{
    private const string Known =
        """
        model: rasch
        items: {item1: 2, item2: 2, item3: 2, item4: 2}
        constraints:
          - {items: item1, parameter: d, fixed: -1.5}
          - {items: item2, parameter: d, fixed: -2.0}
          - {items: item3, parameter: d, fixed: -1.0}
          - {items: item4, parameter: d, fixed: -0.5}
        population:
          - {parameter: mean, fixed: 0}
          - {parameter: sd, fixed: 1}
        """;

    private readonly CommandFolder command = new();

    public ScoringModelTests() => command.Write("spec.yaml", Known);

    public void Dispose() => command.Dispose();

    /// <summary>Posterior means and SDs by an independent sum over nodes.</summary>
    [Theory]
    [InlineData("1,0,1,1\n0,0,1,0\n1,0,1,1\n")]
    [InlineData("1,0,1,1\n")]
    public void Known_parameters_score_by_score_and_by_calibrate(string rows)
    {
        command.Write("data.csv", "item1,item2,item3,item4\n" + rows);
        Assert.Equal(0, command.Run("score", "spec.yaml", "data.csv", "--out", "scores.csv").ExitCode);
        Assert.Equal(0, command.Run("calibrate", "data.csv", "--spec", "spec.yaml", "--quiet", "--out", "out").ExitCode);
        Assert.Equal(command.ReadLines("scores.csv"), command.ReadLines("out/scores.csv"));
        string[] lines = command.ReadLines("scores.csv");
        (double Mean, double Deviation)[] expected = [(1.114, 0.737), (-0.021, 0.780), (1.114, 0.737)];
        for (int person = 0; person < lines.Length - 1; person++)
        {
            string[] cells = lines[person + 1].Split(',');
            Assert.Equal(expected[person].Mean, double.Parse(cells[3], CultureInfo.InvariantCulture), 1e-3);
            Assert.Equal(expected[person].Deviation, double.Parse(cells[4], CultureInfo.InvariantCulture), 1e-3);
        }
    }

    [Theory]
    [InlineData("wle")]
    [InlineData("map")]
    [InlineData("ml")]
    [InlineData("pv")]
    public void Every_method_scores_by_a_specification(string method)
    {
        command.Write("data.csv", "item1,item2,item3,item4\n1,0,1,1\n,0,1,0\n");
        (int exitCode, _, string error) = command.Run("score", "spec.yaml", "data.csv", "--method", method, "--out", "scores.csv");
        Assert.True(exitCode == 0, error);
        Assert.Equal(3, command.ReadLines("scores.csv").Length);
    }

    [Fact]
    public void What_has_no_value_is_asked_for()
    {
        command.Write("data.csv", "item1,item2\n1,0\n");
        void Refuses(string specification, params string[] parts)
        {
            command.Write("open.yaml", specification);
            (int exitCode, _, string error) = command.Run("score", "open.yaml", "data.csv", "--out", "scores.csv");
            Assert.Equal(2, exitCode);
            Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
        }
        Refuses("model: 2pl\nitems: {item1: 2, item2: 2}\nparameters: {item1: {a1: 1, d: 0}}\n", "2 parameter(s)", "a1 of 'item2', d of 'item2'", "have no value", "calibrate");
        Refuses("model: rasch\nitems: {item1: 2, item2: 2}\nparameters: {item1: {d: 0}, item2: {d: 1}}\n", "variance of theta");
        Refuses("model: rasch\n", "lists no items to score");
    }

    [Fact]
    public void A_specification_scores_groups_by_their_populations()
    {
        command.Write("spec.yaml", Known + "\n  - {parameter: mean, group: B, fixed: 1}\ngroups: [A, B]\n");
        command.Write("data.csv", "group,item1,item2,item3,item4\nA,1,0,1,1\nB,1,0,1,1\n");
        (int exitCode, _, string error) = command.Run("score", "spec.yaml", "data.csv", "--group", "group", "--out", "scores.csv");
        Assert.True(exitCode == 0, error);
        double[] scores = [.. command.ReadLines("scores.csv").Skip(1).Select(line => double.Parse(line.Split(',')[3], CultureInfo.InvariantCulture))];
        Assert.Equal(1.114, scores[0], 1e-3);
        Assert.InRange(scores[1], scores[0] + 0.3, scores[0] + 0.8);
    }
}
