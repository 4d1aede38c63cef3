using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Reports.Folders;

/// <summary>A folder of results, with others whose tables are shown beside its own.</summary>
internal sealed class ResultFolder
{
    /// <summary>Files by which the command that wrote a folder is known, the first found decides.</summary>
    private static readonly (string File, ResultKind Kind)[] Marks =
    [
        ("link.json", ResultKind.Linking), ("calibration.json", ResultKind.Calibration), ("regression.json", ResultKind.Regression), ("dif.csv", ResultKind.Differential),
        ("model-fit.json", ResultKind.Fit), ("item-fit.csv", ResultKind.Fit), ("rmsd.csv", ResultKind.Fit), ("local-dependence.csv", ResultKind.Fit), ("person-fit.csv", ResultKind.Fit),
        ("class-probabilities.csv", ResultKind.Regression), ("fixed-effects.csv", ResultKind.Regression),
    ];

    private readonly string[] paths; // own first

    private ResultFolder(string[] paths, ResultKind kind)
    {
        this.paths = paths;
        Kind = kind;
    }

    /// <summary>The folder.</summary>
    public string Path => paths[0];

    /// <summary>Its last name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    public ResultKind Kind { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="others">Folders of the same items, such as those of <c>fit</c> and <c>dif</c>.</param>
    /// <exception cref="DataException">There is none, or nothing in it that can be shown.</exception>
    public static ResultFolder Open(string path, IReadOnlyList<string>? others = null)
    {
        List<DataProblem> problems = [];
        foreach (string folder in (string[])[path, .. others ?? []])
        {
            if (File.Exists(folder))
                problems.Add(new DataProblem("This is a file, and a report is made of a folder. Name the folder that a command wrote with --out.", folder));
            else if (!Directory.Exists(folder))
                problems.Add(new DataProblem("There is no such folder. Name the folder that a command wrote with --out.", folder));
            else if (!Marks.Any(mark => File.Exists(System.IO.Path.Combine(folder, mark.File))))
                problems.Add(new DataProblem($"No results are in this folder: none of {string.Join(", ", Marks.Select(mark => mark.File))}. Name the folder that calibrate, regress, fit, dif or link wrote with --out.", folder));
        }
        if (problems.Count > 0)
            throw new DataException(problems);
        return new ResultFolder([path, .. others ?? []], Marks.First(mark => File.Exists(System.IO.Path.Combine(path, mark.File))).Kind);
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>A table.</summary>
    /// <exception cref="DataException">It is missing or damaged.</exception>
    public ResultTable Table(string name) => TryTable(name) ?? throw Missing(name);

    /// <summary>A table; null where there is none.</summary>
    /// <exception cref="DataException">It is damaged.</exception>
    public ResultTable? TryTable(string name) => Find(name) is { } path ? ResultTable.Read(path) : null;

    /// <summary>A JSON object.</summary>
    /// <exception cref="DataException">It is missing or damaged.</exception>
    public ResultDocument Document(string name) => TryDocument(name) ?? throw Missing(name);

    /// <summary>A JSON object; null where there is none.</summary>
    /// <exception cref="DataException">It is damaged.</exception>
    public ResultDocument? TryDocument(string name) => Find(name) is { } path ? ResultDocument.Read(path) : null;

    /// <summary>The command that wrote the folder, as it was typed; "" where that is not known.</summary>
    public string Command() => File.Exists(System.IO.Path.Combine(Path, ResultSet.ManifestName))
        && ResultDocument.Read(System.IO.Path.Combine(Path, ResultSet.ManifestName)).Texts("arguments") is { Count: > 0 } arguments
            ? $"irtgpu {string.Join(' ', arguments.Select(Quote))}" : "";

    /// <summary>The data file of the command; "" where that is not known.</summary>
    public string DataName() => File.Exists(System.IO.Path.Combine(Path, ResultSet.ManifestName))
        ? ResultDocument.Read(System.IO.Path.Combine(Path, ResultSet.ManifestName)).Texts("arguments") is { Count: > 1 } arguments ? DataOf(arguments) : "" : "";

    private static string DataOf(IReadOnlyList<string> arguments)
    {
        int position = arguments[0] is "regress" or "fit" ? 2 : 1;
        return position < arguments.Count && !arguments[position].StartsWith('-') ? System.IO.Path.GetFileName(arguments[position]) : "";
    }

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(character => char.IsLetterOrDigit(character) || "-_./:=+,@%".Contains(character, StringComparison.Ordinal))
            ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string? Find(string name) => paths.Select(path => System.IO.Path.Combine(path, name)).FirstOrDefault(File.Exists);

    private DataException Missing(string name) => new([new DataProblem(
        $"The report needs '{name}', and it is not in this folder. Run the command again that wrote the folder; its files belong together.", Path)]);
}
