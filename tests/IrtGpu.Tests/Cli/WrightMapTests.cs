using System.Globalization;
using System.Text.RegularExpressions;

namespace IrtGpu.Tests.Cli;

/// <summary>The map on standard output against the tables of the same run.</summary>
public sealed partial class WrightMapTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public void Items_stand_at_their_difficulty_and_bars_count_the_persons()
    {
        command.TakeExample("verbal-aggression.csv");
        (int exitCode, string output, string error) = command.Run("calibrate", "verbal-aggression.csv", "--id", "id", "--covariates", "gender", "--model", "pcm", "--out", "r");
        Assert.True(exitCode == 0, error);
        string[] map = Rows(output);
        double[] centres = [.. map.Select(Centre)];
        Assert.InRange(map.Length, 3, 14);
        double step = centres[0] - centres[1];
        Assert.All(centres.Zip(centres.Skip(1)), pair => Assert.Equal(step, pair.First - pair.Second, 1e-6));
        Dictionary<string, double> difficulty = command.ReadLines("r/items-irt.csv").Skip(1).Select(line => line.Split(','))
            .Where(cells => cells[4].StartsWith('b')).GroupBy(cells => cells[2])
            .ToDictionary(item => item.Key, item => item.Average(cells => double.Parse(cells[5], CultureInfo.InvariantCulture)));
        int found = 0;
        for (int row = 0; row < map.Length; row++)
        {
            string[] names = map[row].Split('|')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            found += names.Sum(name => name.StartsWith('+') ? int.Parse(name, CultureInfo.InvariantCulture) : 1);
            foreach (string name in names.Where(name => difficulty.ContainsKey(name)))
                Assert.Equal(centres[row], difficulty[name], step / 2 + 1e-6);
        }
        Assert.Equal(24, found);

        double unit = double.Parse(Unit().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        string[] header = command.ReadLines("r/scores.csv")[0].Split(',');
        double[] scores = [.. command.ReadLines("r/scores.csv").Skip(1).Select(line => double.Parse(line.Split(',')[Array.FindIndex(header, name => name.StartsWith("eap", StringComparison.Ordinal))], CultureInfo.InvariantCulture))];
        for (int row = 0; row < map.Length; row++)
        {
            double low = row == map.Length - 1 ? double.NegativeInfinity : centres[row] - step / 2;
            double high = row == 0 ? double.PositiveInfinity : centres[row] + step / 2;
            int count = scores.Count(score => score > low && score <= high);
            Assert.InRange(map[row].Count(character => character == '#') * unit, count - 1, count + unit + 1); // the unit is shown to two decimals
        }
    }

    [Fact]
    public void The_verdict_and_the_warnings_come_first()
    {
        command.TakeExample("lsat7.csv");
        (_, string output, _) = command.Run("calibrate", "lsat7.csv", "--weight", "freq", "--out", "r");
        string[] lines = output.Split('\n');
        Assert.StartsWith("Ended        Converged", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Warnings     none", lines[1], StringComparison.Ordinal);
        command.Write("d.csv", "q1,q2,q3\n0,1,1\n1,1,0\n\n0,0,1\n1,0,0\n0,1,0\n1,1,1\n");
        (_, output, string error) = command.Run("calibrate", "d.csv", "--model", "rasch", "--out", "d");
        int warnings = error.Split('\n').Count(line => line.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.True(warnings > 0, error);
        Assert.StartsWith($"Warnings     {warnings}, told above", output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--scores", "none")]
    [InlineData("--classes", "2")]
    public void There_is_no_map_where_there_is_not_one_scale_with_scores(params string[] arguments)
    {
        command.TakeExample("lsat7.csv");
        (_, string output, _) = command.Run([.. (string[])["calibrate", "lsat7.csv", "--weight", "freq", "--model", "rasch", "--se", "none", "--out", "r"], .. arguments]);
        Assert.Contains("Written to", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Wright map", output, StringComparison.Ordinal);
    }

    private static string[] Rows(string output) =>
        [.. output.Split('\n').SkipWhile(line => !line.StartsWith("Wright map", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.Contains('|', StringComparison.Ordinal))];

    private static double Centre(string row) => double.Parse(row.TrimStart().Split(' ')[0], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"# is ([\d.]+) persons")]
    private static partial Regex Unit();
}
