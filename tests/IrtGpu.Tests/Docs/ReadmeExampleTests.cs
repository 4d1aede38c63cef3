using System.Globalization;

namespace IrtGpu.Tests.Docs;

/// <summary>The C# example of README.md is the one compiled here, and gives what the page shows.</summary>
public sealed class ReadmeExampleTests
{
    private static string Folder => Path.Combine(DocumentationFolder.Root, "tests", "IrtGpu.Tests", "Docs");

    [Fact]
    public void The_page_shows_the_compiled_program()
    {
        MarkdownBlock shown = Program();
        Assert.Equal(Marked(File.ReadAllLines(Path.Combine(Folder, "ReadmeExample.cs"))), shown.Text);
    }

    [Fact]
    public void The_program_prints_what_the_page_shows()
    {
        MarkdownBlock shown = Blocks().SkipWhile(block => block.Language != "csharp").ElementAt(1);
        using StringWriter output = new(CultureInfo.InvariantCulture);
        ReadmeExample.Run([Path.Combine(DocumentationFolder.Root, "docs", "examples", "lsat7.csv")], output);
        Assert.Equal("text", shown.Language);
        Assert.Null(ShownOutput.FirstMissing(shown.Lines, output.ToString().Split(Environment.NewLine)));
    }

    private static IReadOnlyList<MarkdownBlock> Blocks() => MarkdownBlock.Of(Path.Combine(DocumentationFolder.Root, "README.md"));

    private static MarkdownBlock Program() => Assert.Single(Blocks(), block => block.Language == "csharp");

    /// <summary>The lines between marks, moved to the left margin.</summary>
    private static string Marked(string[] lines)
    {
        List<string> kept = [];
        int indent = -1;
        foreach (string line in lines)
        {
            if (line.Trim() == "// <readme>")
                indent = line.IndexOf('/', StringComparison.Ordinal);
            else if (line.Trim() == "// </readme>")
                indent = -1;
            else if (indent >= 0)
                kept.Add(line.Length > indent ? line[indent..] : "");
        }
        return string.Join('\n', kept);
    }
}
