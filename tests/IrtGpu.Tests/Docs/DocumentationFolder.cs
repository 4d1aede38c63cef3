using System.Text;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Docs;

/// <summary>A temporary folder that looks like the top of the repository to a page's commands: it has the examples.</summary>
internal sealed class DocumentationFolder : IDisposable
{
    public DocumentationFolder()
    {
        string examples = Command.PathOf("docs/examples");
        Directory.CreateDirectory(examples);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "docs", "examples")))
            File.Copy(file, Path.Combine(examples, Path.GetFileName(file)));
    }

    /// <summary>Top of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The read-me and everything in <c>docs</c>, as paths from the top.</summary>
    public static IEnumerable<string> Pages =>
        Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>Where the commands run.</summary>
    public CommandFolder Command { get; } = new();

    /// <summary>Splits commands at blanks outside quotes; a backslash at the end of a line joins it with the next; # begins a comment.</summary>
    public static IEnumerable<string[]> SplitCommands(string text)
    {
        foreach (string line in text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            List<string> words = [];
            StringBuilder? word = null;
            char quote = '\0';
            foreach (char c in line)
            {
                if (quote == '\0' && word is null && c == '#')
                    break;
                if (quote == '\0' && c is '\'' or '"')
                {
                    quote = c;
                    word ??= new StringBuilder();
                }
                else if (quote != '\0' && c == quote)
                {
                    quote = '\0';
                }
                else if (quote == '\0' && c == ' ')
                {
                    if (word is not null)
                        words.Add(word.ToString());
                    word = null;
                }
                else
                {
                    (word ??= new StringBuilder()).Append(c);
                }
            }
            if (word is not null)
                words.Add(word.ToString());
            if (words.Count > 0)
                yield return [.. words];
        }
    }

    public void Dispose() => Command.Dispose();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IrtGpu.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds IrtGpu.sln.");
    }
}
