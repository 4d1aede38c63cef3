using System.Globalization;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Tests.Cli;

/// <summary>The whole command by vectors of every width that this machine has.</summary>
public sealed class VectorWidthRunTests
{
    private const double LargestDifference = 1e-7; // between widths, of estimates, standard errors and scores: both stop within 1e-8 of the optimum

    private static readonly int[] Widths = [512, 256, 128];

    [Theory]
    [InlineData("2pl", "")]
    [InlineData("grm", "--e-step tables")]
    public void Widths_agree_and_threads_change_no_bits(string model, string options)
    {
        using CommandFolder folder = new();
        folder.Write("answers.csv", Answers());
        string[] common = ["calibrate", "answers.csv", "--model", model, "--tolerance", "1e-9", "--quiet", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Dictionary<int, (string Items, string Scores)> tables = [];
        foreach (int width in Widths.Where(width => width <= VectorWidth.Widest))
        {
            foreach (int threads in new[] { 1, 2 })
            {
                string name = $"out-{width}-{threads}";
                (int exitCode, _, string error) = folder.RunWithVectors(width.ToString(CultureInfo.InvariantCulture), [.. common, "--threads", $"{threads}", "--out", name]);
                Assert.True(exitCode == 0, error);
            }
            tables[width] = (File.ReadAllText(folder.PathOf($"out-{width}-1/items.csv")), File.ReadAllText(folder.PathOf($"out-{width}-1/scores.csv")));
            Assert.Equal(tables[width], (File.ReadAllText(folder.PathOf($"out-{width}-2/items.csv")), File.ReadAllText(folder.PathOf($"out-{width}-2/scores.csv"))));
        }
        (string Items, string Scores) expected = tables[128];
        foreach ((string items, string scores) in tables.Values)
        {
            Compare(expected.Items, items);
            Compare(expected.Scores, scores);
        }
    }

    [Fact]
    public void A_width_that_is_none_is_refused_before_anything_is_read()
    {
        using CommandFolder folder = new();
        (int exitCode, _, string error) = folder.RunWithVectors("300", ["calibrate", "nothing.csv", "--out", "out"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("IRTGPU_VECTOR=300: there are vectors of 512, 256 and 128 bits.", error);
    }

    private static string Answers()
    {
        Random random = new(12);
        List<string> lines = ["a,b,c,d,e,f"];
        for (int person = 0; person < 400; person++)
        {
            double ability = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
            lines.Add(string.Join(',', Enumerable.Range(0, 6).Select(item => ability + 0.4 * (item - 2.5) + Math.Log(1 / random.NextDouble() - 1) > 0 ? 1 : 0)));
        }
        return string.Join('\n', lines) + "\n";
    }

    private static void Compare(string expected, string actual)
    {
        string[] left = expected.Split(',', '\n'), right = actual.Split(',', '\n');
        Assert.Equal(left.Length, right.Length);
        for (int k = 0; k < left.Length; k++)
        {
            if (double.TryParse(left[k], CultureInfo.InvariantCulture, out double a) && double.TryParse(right[k], CultureInfo.InvariantCulture, out double b))
                Assert.Equal(a, b, LargestDifference * Math.Max(1, Math.Abs(a)));
            else
                Assert.Equal(left[k], right[k]);
        }
    }
}
