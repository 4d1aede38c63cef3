using IrtGpu.Cli;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Reports;

/// <summary>Whatever is done to the files of a folder: a page is made, or a message says which file is wrong.</summary>
public sealed class DamagedFolderTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    private static IEnumerable<string> Damages(string text)
    {
        string[] lines = text.Split('\n');
        yield return "";
        yield return lines[0] + "\n";
        yield return text[..(text.Length / 2)];
        yield return string.Join('\n', lines.Where((_, place) => place % 2 == 0));
        yield return text.Replace("0.", "x.", StringComparison.Ordinal);
        yield return text.Replace(",", ";", StringComparison.Ordinal);
        yield return System.Text.RegularExpressions.Regex.Replace(text, @"(?<=[,: ])-?\d+\.\d+", "");
        yield return System.Text.RegularExpressions.Regex.Replace(text, @"(?<=[,: ])-?\d+\.\d+", "1e300");
        yield return System.Text.RegularExpressions.Regex.Replace(text, @"(?<=[,: ])-?\d+(\.\d+)?", "0");
        yield return string.Join('\n', lines.Prepend(lines[0]));
    }

    private void Damage(string folder)
    {
        string[] files = [.. Directory.GetFiles(command.PathOf(folder)).Where(path => Path.GetExtension(path) is ".csv" or ".json")];
        Assert.True(files.Length > 4);
        foreach (string file in files)
        {
            string whole = File.ReadAllText(file);
            int number = 0;
            foreach (string damaged in Damages(whole))
            {
                File.WriteAllText(file, damaged);
                (int exitCode, _, string error) = command.Run("report", folder);
                Assert.True(exitCode is ExitCode.Done or ExitCode.BadData, $"{Path.GetFileName(file)}, damage {number}: {error}");
                Assert.True(exitCode == ExitCode.Done || error.Contains(folder, StringComparison.Ordinal), error);
                number++;
            }
            File.WriteAllText(file, whole);
        }
        Assert.Equal(ExitCode.Done, command.Run("report", folder).ExitCode);
    }

    [Fact]
    public void Damaged_calibrations()
    {
        command.WriteModel();
        Assert.Equal(0, command.Run("simulate", "model.yaml", "--persons", "200", "--seed", "1", "--out", "d.csv").ExitCode);
        Assert.Equal(0, command.Run("calibrate", "d.csv", "--group", "group", "--out", "results", "--fit-statistics", "all", "--quiet").ExitCode);
        Damage("results");
    }

    [Fact]
    public void Damaged_regressions()
    {
        command.TakeExample("sleepstudy.csv");
        Assert.Equal(0, command.Run("regress", "Reaction ~ Days + (1 | Subject)", "sleepstudy.csv", "--fitted", "--draws", "30", "--warmup", "80", "--chains", "2", "--out", "results", "--quiet").ExitCode);
        Damage("results");
    }
}
