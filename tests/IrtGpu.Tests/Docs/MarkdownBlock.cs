namespace IrtGpu.Tests.Docs;

/// <summary>A fenced block of a page: <c>```LANGUAGE INFO</c>, its lines, and where it begins.</summary>
internal sealed record MarkdownBlock(string Language, string Info, int Line, IReadOnlyList<string> Lines)
{
    public string Text => string.Join('\n', Lines);

    public static IReadOnlyList<MarkdownBlock> Of(string path)
    {
        List<MarkdownBlock> blocks = [];
        string[] lines = File.ReadAllLines(path);
        for (int start = 0; start < lines.Length; start++)
        {
            if (!lines[start].StartsWith("```", StringComparison.Ordinal))
                continue;
            int end = start + 1;
            while (end < lines.Length && lines[end] != "```")
                end++;
            Assert.True(end < lines.Length, $"{path}:{start + 1}: the block is not closed.");
            string[] fence = lines[start][3..].Split(' ', 2);
            blocks.Add(new MarkdownBlock(fence[0], fence.Length > 1 ? fence[1] : "", start + 1, lines[(start + 1)..end]));
            start = end;
        }
        return blocks;
    }
}
