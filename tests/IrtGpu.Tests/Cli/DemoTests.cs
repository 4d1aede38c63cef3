using System.CommandLine;
using System.Globalization;
using System.Net;
using IrtGpu.Cli;
using IrtGpu.Tests.Docs;

namespace IrtGpu.Tests.Cli;

/// <summary>The first minute: <c>irtgpu demo</c>.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public void The_tour_ends_with_the_three_worst_items_of_the_page_and_the_page()
    {
        (int exitCode, string output, string error) = command.Run("demo", "first look");
        Assert.True(exitCode == 0, error);
        Assert.Empty(error);
        Assert.Contains("M1PTI21↑10.3", output, StringComparison.Ordinal); // an item beyond the map is not shown where it is not
        string[] lines = output.Split('\n');
        int place = Array.FindIndex(lines, line => line.StartsWith("The three worst items", StringComparison.Ordinal));
        string page = WebUtility.HtmlDecode(File.ReadAllText(command.PathOf("first look/results/report.html")));
        string verdict = page[page.IndexOf("id=\"verdict\"", StringComparison.Ordinal)..page.IndexOf("What to do", StringComparison.Ordinal)];
        foreach (string line in lines[(place + 1)..(place + 4)])
        {
            string[] parts = line.Trim().Split("  ", 2);
            Assert.Contains($"<strong>{parts[0]}</strong> <span class=\"says\">{parts[1]}</span>", verdict, StringComparison.Ordinal);
        }
        Assert.Contains(lines, line => line.Trim() == Path.GetFullPath(command.PathOf("first look/results/report.html")));
        Assert.Contains(lines, line => line.Trim().StartsWith("file://", StringComparison.Ordinal) && File.Exists(new Uri(line.Trim()).LocalPath));
    }

    [Fact]
    public void The_table_is_the_published_data_and_is_not_written_over_another()
    {
        Assert.Equal(0, command.Run("demo", "d").ExitCode);
        string[] lines = command.ReadLines("d/fims.csv");
        Assert.Equal(1 + 4320 + 2051, lines.Length);
        Assert.Equal(16, lines[0].Split(',').Length);
        Assert.Equal(4320, lines.Count(line => line.Split(',')[1] == "Australia"));
        Assert.Equal(lines.Length - 1, lines.Skip(1).Select(line => line.Split(',')[0]).Distinct().Count());
        // Right answers of all pupils, by the files of the documentation themselves.
        int right = DocumentationExamples().Sum(line => line.Split(',').Sum(cell => int.Parse(cell, CultureInfo.InvariantCulture)));
        Assert.Equal(right, lines.Skip(1).Sum(line => line.Split(',').Skip(2).Sum(cell => int.Parse(cell, CultureInfo.InvariantCulture))));

        File.AppendAllText(command.PathOf("d/fims.csv"), "mine\n");
        (int exitCode, _, string error) = command.Run("demo", "d");
        Assert.Equal(2, exitCode);
        Assert.Contains("irtgpu demo DIR", error, StringComparison.Ordinal);
        Assert.EndsWith("mine", command.ReadLines("d/fims.csv")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_that_is_shown_can_be_typed()
    {
        (_, string output, _) = command.Run("demo", "first look");
        string[][] shown = [.. output.Split('\n').Where(line => line.TrimStart().StartsWith("$ irtgpu ", StringComparison.Ordinal))
            .SelectMany(line => DocumentationFolder.SplitCommands(line.Trim()[2..]))];
        Assert.Equal(["calibrate", "fit", "report", "dif", "score", "calibrate"], shown.Select(words => words[1]));
        Assert.All(shown, words => Assert.Empty(CommandLine.CreateRoot([]).Parse([.. words.Skip(1)]).Errors));
        foreach (string[] words in shown.Where(words => words[1] is "score" or "report"))
            Assert.Equal(0, command.Run(words.Skip(1)).ExitCode);
    }

    private static IEnumerable<string> DocumentationExamples()
    {
        foreach (string name in new[] { "fims-australia.csv.gz", "fims-japan.csv.gz" })
        {
            using StreamReader lines = new(new System.IO.Compression.GZipStream(
                File.OpenRead(Path.Combine(DocumentationFolder.Root, "docs", "examples", name)), System.IO.Compression.CompressionMode.Decompress));
            lines.ReadLine();
            while (lines.ReadLine() is { Length: > 0 } line)
                yield return line;
        }
    }
}
