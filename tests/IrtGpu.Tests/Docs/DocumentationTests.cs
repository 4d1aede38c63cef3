namespace IrtGpu.Tests.Docs;

/// <summary>Runs what the pages tell the reader to run, and compares what they show.</summary>
/// <remarks>
/// <c>```sh run</c>: lines that begin with ./irtgpu, run in order in one folder a page; <c>```sh run exit=2</c> ends with that code.
/// <c>```text</c> right behind it: its standard output. <c>```text stderr</c>: its standard error.
/// <c>```csv FILE</c>: lines of a file it wrote. <c>```yaml FILE</c>: the whole of an example file.
/// </remarks>
public sealed class DocumentationTests
{
    private const string RunAsProcess = "README.md";

    public static TheoryData<string> Pages => [.. DocumentationFolder.Pages];

    /// <summary>Pages that show anything that can be compared.</summary>
    public static TheoryData<string> PagesWithRuns => [.. DocumentationFolder.Pages.Where(page => MarkdownBlock.Of(Path.Combine(DocumentationFolder.Root, page)).Any(IsCompared))];

    [Theory]
    [MemberData(nameof(PagesWithRuns))]
    public void Commands_of_a_page_do_what_it_shows(string page)
    {
        using DocumentationFolder folder = new();
        MarkdownBlock? previous = null;
        (string Output, string Error) last = ("", "");
        foreach (MarkdownBlock block in MarkdownBlock.Of(Path.Combine(DocumentationFolder.Root, page)))
        {
            string where = $"{page}:{block.Line}";
            switch (block.Language)
            {
                case "sh" when IsRun(block):
                    last = RunCommands(folder, block, where, asProcess: page == RunAsProcess);
                    break;
                case "text" when block.Info == "stderr":
                    AssertShown(block, last.Error, where);
                    break;
                case "text" when block.Info.Length == 0 && previous is not null && IsRun(previous):
                    AssertShown(block, last.Output, where);
                    break;
                case "csv":
                    AssertShown(block, File.ReadAllText(folder.Command.PathOf(block.Info)), where);
                    break;
                case "yaml" when block.Info.Length > 0:
                    Assert.Equal(File.ReadAllText(folder.Command.PathOf(block.Info)).TrimEnd(), block.Text.TrimEnd());
                    break;
            }
            previous = block;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_of_a_page_lead_to_files(string page)
    {
        string path = Path.Combine(DocumentationFolder.Root, page);
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(path), @"\]\(([^)#\s]+)[^)]*\)"))
        {
            string target = link.Groups[1].Value;
            if (target.Contains("://", StringComparison.Ordinal))
                continue;
            string full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, target));
            Assert.True(File.Exists(full) || Directory.Exists(full), $"{page}: the link to '{target}' leads nowhere.");
        }
    }

    private static bool IsRun(MarkdownBlock block) => block.Language == "sh" && block.Info.StartsWith("run", StringComparison.Ordinal);

    private static bool IsCompared(MarkdownBlock block) => IsRun(block) || block.Language == "csv" || (block.Language == "yaml" && block.Info.Length > 0);

    private static (string Output, string Error) RunCommands(DocumentationFolder folder, MarkdownBlock block, string where, bool asProcess)
    {
        int expected = block.Info.Split("exit=") is [_, var code] ? int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) : 0;
        (int ExitCode, string Output, string Error) result = (0, "", "");
        foreach (string[] words in DocumentationFolder.SplitCommands(block.Text))
        {
            Assert.True(words[0] == "./irtgpu", $"{where}: '{words[0]}' is not run by this test; write ./irtgpu, or do not mark the block 'run'.");
            result = asProcess ? folder.Command.RunProcess(words.Skip(1)) : folder.Command.Run(words.Skip(1));
            Assert.True(result.ExitCode == expected, $"{where}: {string.Join(' ', words)} ended with {result.ExitCode}, not {expected}.\n{result.Error}{result.Output}");
        }
        return (result.Output, result.Error);
    }

    private static void AssertShown(MarkdownBlock block, string actual, string where)
    {
        string? missing = ShownOutput.FirstMissing(block.Lines, actual.Split('\n'));
        Assert.True(missing is null, $"{where}: this line is not in what the run gave, or not in this place:\n{missing}\nThe run gave:\n{actual}");
    }
}
