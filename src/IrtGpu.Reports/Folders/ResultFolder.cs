using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Reports.Folders;

/// <summary>A folder of results, with others whose tables are shown beside its own.</summary>
internal sealed class ResultFolder
{
    private const string Summary = "fit.json";

    /// <summary>Files by which the command that wrote a folder is known; the first found decides. A calibration that <c>dif</c> ended with has no summary.</summary>
    private static readonly (string File, ResultKind Kind)[] Marks =
    [
        ("link.json", ResultKind.Linking), ("calibration.json", ResultKind.Calibration), ("regression.json", ResultKind.Regression), ("dif.csv", ResultKind.Differential),
        ("model-fit.json", ResultKind.Fit), ("item-fit.csv", ResultKind.Fit), ("rmsd.csv", ResultKind.Fit), ("local-dependence.csv", ResultKind.Fit), ("person-fit.csv", ResultKind.Fit),
        ("class-probabilities.csv", ResultKind.Regression), ("fixed-effects.csv", ResultKind.Regression),
        (Summary, ResultKind.Regression),
    ];

    private readonly string[] paths; // own first
    private readonly Lazy<IReadOnlyList<string>> arguments; // of the command that wrote the folder

    private ResultFolder(string[] paths, ResultKind kind)
    {
        this.paths = paths;
        arguments = new(() => File.Exists(System.IO.Path.Combine(Path, ResultSet.ManifestName)) ? ResultDocument.Read(System.IO.Path.Combine(Path, ResultSet.ManifestName)).Texts("arguments") : []);
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
        return new ResultFolder([path, .. others ?? []], Marks.First(mark => IsIn(mark.File) && (mark.Kind != ResultKind.Calibration || IsIn(Summary) || !IsIn("dif.csv"))).Kind);

        bool IsIn(string name) => File.Exists(System.IO.Path.Combine(path, name));
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
    public string Command => arguments.Value.Count == 0 ? "" : $"irtgpu {string.Join(' ', arguments.Value.Select(Quote))}";

    /// <summary>The data file of the command; "" where that is not known.</summary>
    public string DataName => DataPath is { } path ? System.IO.Path.GetFileName(path) : "";

    /// <summary>The folder as commands name it: as the command that wrote it did.</summary>
    public string Spoken
    {
        get
        {
            int option = arguments.Value.ToList().IndexOf("--out");
            return Quote(option >= 0 && option + 1 < arguments.Value.Count ? arguments.Value[option + 1] : Name);
        }
    }

    /// <summary>The data as commands name them; <c>DATA</c> where that is not known.</summary>
    public string SpokenData => DataPath is { } path ? Quote(path) : "DATA";

    private string? DataPath
    {
        get
        {
            IReadOnlyList<string> all = arguments.Value;
            int position = all.Count > 0 && all[0] is "regress" or "fit" ? 2 : 1;
            return position < all.Count && !all[position].StartsWith('-') ? all[position] : null;
        }
    }

    /// <summary>An argument as a shell takes it.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(character => char.IsLetterOrDigit(character) || "-_./:=+,@%".Contains(character, StringComparison.Ordinal))
            ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string? Find(string name) => paths.Select(path => System.IO.Path.Combine(path, name)).FirstOrDefault(File.Exists);

    private DataException Missing(string name) => new([new DataProblem(
        $"The report needs '{name}', and it is not in this folder. Run the command again that wrote the folder; its files belong together.", Path)]);
}
