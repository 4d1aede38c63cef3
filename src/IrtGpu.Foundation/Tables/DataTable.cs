using System.Globalization;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Foundation.Tables;

/// <summary>A delimited table with a header, held by columns; each is asked for texts, numbers or categories.</summary>
/// <remarks>
/// Comma, tab or semicolon is detected in the header; fields may be quoted; UTF-8 with or without byte order mark;
/// lines end with LF, CR LF or CR; gzip is recognised by its first bytes. Blank lines are passed over.
/// The texts are held as UTF-8, so a table takes about the memory of its file.
/// </remarks>
public sealed class DataTable
{
    private const int RowsPerReport = 4096;

    private readonly RowLines lines;

    private DataTable(string path, string sha256, string[] names, long headerLine, RowLines lines, TextColumn[] texts, MissingCodes missing)
    {
        Path = path;
        Sha256 = sha256;
        HeaderLine = headerLine;
        this.lines = lines;
        Columns = [.. names.Select((name, column) => new DataColumn(this, name, texts[column], missing))];
    }

    /// <summary>The file, as given.</summary>
    public string Path { get; }

    /// <summary>SHA-256 of the whole file as it lies on the disk, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>1-based line of the header.</summary>
    public long HeaderLine { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount => lines.Count;

    /// <summary>The columns in the order of the file.</summary>
    public IReadOnlyList<DataColumn> Columns { get; }

    /// <summary>1-based line at which the row begins.</summary>
    /// <param name="row">0-based row.</param>
    public long LineOf(int row) => lines[row];

    /// <summary>The column; null when there is none of the name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="comparison">Whether case matters.</param>
    public DataColumn? Find(string name, StringComparison comparison = StringComparison.Ordinal) =>
        Columns.FirstOrDefault(column => column.Name.Equals(name, comparison));

    /// <summary>The column; null and a problem when there is none of the name.</summary>
    /// <param name="name">Its name; case matters.</param>
    /// <param name="askedBy">What names it, for the message: an option such as <c>--weight</c>, or a formula.</param>
    /// <param name="problems">Receives the problem.</param>
    public DataColumn? Find(string name, string askedBy, ProblemLog problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        DataColumn? found = Find(name);
        if (found is null)
            problems.Add(ColumnNames.Absent(name, askedBy, [.. Columns.Select(column => column.Name)], Path, HeaderLine));
        return found;
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">Text or gzip file.</param>
    /// <param name="missingCodes">Field texts that mean missing, whole numbers by value; an empty field always does; null: empty, <c>NA</c>, <c>NaN</c> and <c>.</c></param>
    /// <param name="progress">Hears how much of the file was read.</param>
    /// <exception cref="DataException">The file cannot be read or is empty, a name stands twice, a row has another length, or quotes are unsound.</exception>
    public static DataTable Read(string path, IReadOnlyList<string>? missingCodes = null, IProgress<WorkProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var hash = new FileHash(path);
        using var reader = TableReader.Open(path);
        var problems = new ProblemLog();
        string[] names = ColumnNames.Read(reader, path, problems);
        long headerLine = reader.Line;
        ColumnNames.Index(names, headerLine, path, problems);
        var lines = new RowLines();
        TextColumn.Builder[] texts = [.. names.Select(_ => new TextColumn.Builder())];
        var ragged = new PlaceTally();
        string firstRagged = "";
        while (reader.TryAdvance())
        {
            if (!reader.IsSound)
            {
                problems.Add(new DataProblem(
                    $"A quoted field of the row is not closed before the next delimiter; the row begins {SeenText.Show(reader.Read(0, out _))}. Correct its double quotes.",
                    path, reader.Line));
            }
            else if (reader.FieldCount != names.Length)
            {
                if (ragged.Count == 0)
                {
                    firstRagged = string.Create(CultureInfo.InvariantCulture,
                        $"The row has {reader.FieldCount} fields where the header has {names.Length}; it begins {SeenText.Show(reader.Read(0, out _))}.");
                }
                ragged.Add(reader.Line);
            }
            else
            {
                lines.Add(reader.Line);
                if (lines.Count % RowsPerReport == 0)
                    progress?.Report(reader.Progress);
                for (int column = 0; column < names.Length; column++)
                    texts[column].Add(reader.Read(column, out _));
            }
        }
        if (ragged.Count > 0)
        {
            problems.Add(new DataProblem(
                $"{firstRagged}{(ragged.Count == 1 ? "" : $" In all, the number of fields is another in {ragged.Count.ToString(CultureInfo.InvariantCulture)} rows: {ragged}.")} " +
                "Add or remove fields, or quote one that holds the delimiter.", path, ragged.FirstLine));
        }
        problems.ThrowIfAny();
        return new DataTable(path, hash.Finish(), names, headerLine, lines, [.. texts.Select(column => column.Build())], new MissingCodes(missingCodes ?? MissingCodes.Default));
    }
}
