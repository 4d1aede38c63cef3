using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace IrtGpu.Reports.Tests.Results;

/// <summary>Folders of results, each made once by the command itself.</summary>
internal sealed class ResultFolders : IDisposable
{
    /// <summary>Names that would do harm, were they taken for anything but text.</summary>
    public static readonly string[] HostileNames =
    [
        "<script>document.title='taken'</script>", "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "<!--", "--><b>bold</b>", "javascript:alert(3)", "{{ page.title }}{% comment %}",
        "<!--data-->", "'onmouseover='alert(4)", "</table></body>", "&lt;amp&amp;", "\u202Eright to left", "\\u003cscript\\u003e", "=1+1", "a b  c",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("irtgpu-pages-").FullName;
    private readonly Lazy<string> mathematics;
    private readonly Lazy<string> groups;
    private readonly Lazy<string> hostile;
    private readonly Lazy<string> large;

    public ResultFolders()
    {
        mathematics = new(MakeMathematics);
        groups = new(MakeGroups);
        hostile = new(MakeHostile);
        large = new(MakeLarge);
    }

    /// <summary>14 questions scored 0/1 of 2,051 pupils, with statistics of fit.</summary>
    public string Mathematics => mathematics.Value;

    /// <summary>24 questions of three answers in two groups, with statistics of fit and tests of differences between the groups.</summary>
    public string Groups => groups.Value;

    /// <summary>Items, groups and data file with <see cref="HostileNames"/>.</summary>
    public string Hostile => hostile.Value;

    /// <summary>500 items.</summary>
    public string Large => large.Value;

    /// <summary>The page of a folder.</summary>
    public static string PageOf(string results) => Path.Combine(results, "report.html");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string MakeMathematics()
    {
        string data = PathOf("pupils.csv");
        using (FileStream source = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "data", "fims-japan.csv.gz")))
        using (GZipStream text = new(source, CompressionMode.Decompress))
        using (FileStream target = File.Create(data))
            text.CopyTo(target);
        Run("calibrate", data, "--fit-statistics", "all", "--quiet", "--out", PathOf("mathematics"));
        return PathOf("mathematics");
    }

    private string MakeGroups()
    {
        string data = Path.Combine(AppContext.BaseDirectory, "data", "verbal-aggression.csv");
        Run("calibrate", data, "--id", "id", "--group", "gender", "--model", "pcm", "--fit-statistics", "sx2,infit,rmsd,q3", "--report", "none", "--quiet", "--out", PathOf("groups"));
        Run("dif", data, "--id", "id", "--group", "gender", "--model", "pcm", "--method", "wald", "--match", "none", "--quiet", "--out", PathOf("dif"));
        Run("report", PathOf("groups"), "--with", PathOf("dif"));
        return PathOf("groups");
    }

    private string MakeHostile()
    {
        Random random = new(5);
        StringBuilder table = new("group,");
        table.AppendJoin(',', HostileNames.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
        string[] names = ["\"<script>alert(5)</script>\"", "\"B & <i>b</i>\""];
        for (int person = 0; person < 300; person++)
        {
            double theta = random.NextDouble() * 4 - 2;
            table.Append(names[person % 2]).Append(',');
            table.AppendJoin(',', HostileNames.Select((_, item) => random.NextDouble() < 1 / (1 + Math.Exp(item / 5.0 - 1.4 - theta)) ? 1 : 0)).Append('\n');
        }
        string data = PathOf("<img src=x onerror=alert(6)>.csv");
        File.WriteAllText(data, table.ToString());
        Run("calibrate", data, "--group", "group", "--model", "rasch", "--fit-statistics", "sx2,infit,rmsd,q3", "--quiet", "--out", PathOf("hostile"));
        return PathOf("hostile");
    }

    private string MakeLarge()
    {
        Random random = new(7);
        StringBuilder table = new();
        table.AppendJoin(',', Enumerable.Range(1, 500).Select(item => $"question{item:000}")).Append('\n');
        for (int person = 0; person < 800; person++)
        {
            double theta = random.NextDouble() * 4 - 2;
            table.AppendJoin(',', Enumerable.Range(0, 500).Select(item => random.NextDouble() < 1 / (1 + Math.Exp(item / 100.0 - 2.5 - theta)) ? 1 : 0)).Append('\n');
        }
        File.WriteAllText(PathOf("large.csv"), table.ToString());
        Run("calibrate", PathOf("large.csv"), "--model", "rasch", "--se", "complete", "--fit-statistics", "infit,rmsd,q3", "--quiet", "--out", PathOf("large"));
        return PathOf("large");
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private static void Run(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "IrtGpu.Cli.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["IRTGPU_DEVICE"] = "cpu";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"irtgpu {string.Join(' ', arguments)} ended with {process.ExitCode}.\n{error}{output.GetAwaiter().GetResult()}");
    }
}
