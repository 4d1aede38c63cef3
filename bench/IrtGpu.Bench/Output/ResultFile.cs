using System.Globalization;
using System.Text;

namespace IrtGpu.Bench.Output;

/// <summary>A Markdown file of results: heading, how it was made, then text and tables.</summary>
/// <param name="title">Heading.</param>
/// <param name="options">The command.</param>
internal sealed class ResultFile(string title, BenchOptions options)
{
    private readonly StringBuilder body = new();
    private readonly string[] machine = [.. Machine.Describe(), .. options.Accelerators.Select(Machine.DescribeDevice)]; // taken at the start, for the load average
    private readonly DateTime started = DateTime.UtcNow;

    public ResultFile Add(string paragraph)
    {
        body.Append('\n').Append(paragraph.TrimEnd()).Append('\n');
        return this;
    }

    public ResultFile Add(MarkdownTable table) => Add(table.ToString());

    /// <summary>Writes the file whole and says where it is.</summary>
    /// <param name="relativePath">Path inside the folder of results.</param>
    public void Write(string relativePath)
    {
        string path = Path.Combine(options.ResultFolder, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        StringBuilder text = new();
        text.Append("# ").Append(title).Append("\n\n");
        text.Append("Made by `").Append(options.CommandLine).Append("` on ")
            .Append(started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)).Append(" UTC");
        text.Append(CultureInfo.InvariantCulture, $" in {(DateTime.UtcNow - started).TotalSeconds:f0} s.\n\n");
        foreach (string line in machine)
            text.Append("- ").Append(line).Append('\n');
        text.Append(body);
        string temporary = path + ".part";
        File.WriteAllText(temporary, text.ToString());
        File.Move(temporary, path, overwrite: true);
        Console.Write(text.ToString());
        Console.WriteLine();
        Console.Error.WriteLine($"Written: {path}");
    }
}
