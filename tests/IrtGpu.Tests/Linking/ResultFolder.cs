using System.Globalization;
using System.Text;
using System.Text.Json;
using IrtGpu.Data;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Linking;

/// <summary>A folder in which the command runs within this process, and what it wrote there.</summary>
internal sealed class ResultFolder : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    public string PathOf(string name) => command.PathOf(name);

    /// <summary>Writes data with columns id, group, class and the items.</summary>
    public string Write(string name, ResponseData data, Func<int, bool>? includes = null)
    {
        StringBuilder text = new("id,group,class," + string.Join(',', data.ItemNames) + "\n");
        for (int person = 0; person < data.PersonCount; person++)
        {
            if (includes?.Invoke(person) == false)
                continue;
            int known = data.KnownClasses?[person] ?? -1;
            text.Append(CultureInfo.InvariantCulture, $"p{person},{data.GroupNames[data.Groups?[person] ?? 0]},{(known < 0 ? "" : data.ClassNames[known])}");
            foreach (byte response in data.Row(person))
                text.Append(',').Append(response == ResponseData.Missing ? "" : response.ToString(CultureInfo.InvariantCulture));
            text.Append('\n');
        }
        File.WriteAllText(PathOf(name), text.ToString());
        return PathOf(name);
    }

    /// <summary>Runs <c>calibrate</c> and expects it to converge.</summary>
    public Results Calibrate(string data, string name, params string[] options)
    {
        Assert.Equal(0, Run(data, name, options));
        return new Results(PathOf(name));
    }

    public int Run(string data, string name, params string[] options) => RunForError(data, name, options).ExitCode;

    /// <summary>Scores data with groups by a fit.</summary>
    public int Score(string fit, string data, string method, string output) =>
        command.Run("score", fit, data, "--id", "id", "--group", "group", "--covariates", "class", "--method", method, "--out", output).ExitCode;

    public (int ExitCode, string Error) RunForError(string data, string name, params string[] options)
    {
        (int exitCode, _, string error) = command.Run(["calibrate", data, "--id", "id", "--quiet", "--out", name, "--items", "q*", .. options]);
        return (exitCode, error);
    }
}

/// <summary>The tables of one run.</summary>
internal sealed class Results(string folder)
{
    public string Folder => folder;

    public JsonElement Fit { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "fit.json"))).RootElement;

    public double LogLikelihood => Fit.GetProperty("logLikelihood").GetDouble();

    /// <summary>Rows of a table by column name.</summary>
    public IReadOnlyList<Dictionary<string, string>> Table(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, name));
        string[] header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    public Dictionary<string, string> Item(string item, string parameter, string group = "", string className = "") => Table("items.csv").Single(row =>
        row["item"] == item && row["parameter"] == parameter && row["group"] == group && row["class"] == className);

    public Dictionary<string, string> Population(string parameter, string group = "", string className = "") => Table("population.csv").Single(row =>
        row["parameter"] == parameter && row["group"] == group && row["class"] == className);

    public static double Number(Dictionary<string, string> row, string column = "estimate") => double.Parse(row[column], CultureInfo.InvariantCulture);
}
