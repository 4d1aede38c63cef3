using IrtGpu.Foundation.Tables;

namespace IrtGpu.Specification.Files;

/// <summary>
/// A bifactor or testlet model as a table of columns <c>item</c> and <c>specific</c> or <c>testlet</c>: every item measures the general attribute, and the
/// specific one that it names.
/// </summary>
/// <param name="Attributes">The general attribute, then the specific ones in order of appearance.</param>
/// <param name="Rows">Which attributes each item measures. [item name → 0/1 per attribute]</param>
public sealed record BifactorFile(IReadOnlyList<string> Attributes, IReadOnlyDictionary<string, int[]> Rows)
{
    /// <summary>Name of the attribute that all items measure.</summary>
    public const string General = "general";

    /// <summary>Reads a table of specific attributes.</summary>
    /// <param name="path">Delimited text; an item without specific attribute leaves it blank.</param>
    /// <exception cref="SpecificationException">It cannot be read or has another form.</exception>
    public static BifactorFile Read(string path) => Read(path, "bifactor table", "specific", "--bifactor");

    /// <summary>Reads a table of testlets.</summary>
    /// <param name="path">Delimited text; an item of no testlet leaves it blank.</param>
    /// <exception cref="SpecificationException">It cannot be read or has another form.</exception>
    public static BifactorFile ReadTestlets(string path) => Read(path, "testlet table", "testlet", "--testlet");

    private static BifactorFile Read(string path, string what, string column, string option)
    {
        ArgumentNullException.ThrowIfNull(path);
        DataTable table = QMatrixFile.ReadTable(path, what);
        DataColumn? items = table.Find("item", StringComparison.OrdinalIgnoreCase);
        DataColumn? specifics = table.Find(column, StringComparison.OrdinalIgnoreCase);
        if (items is null || specifics is null)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: a {what} needs the columns 'item' and '{column}', but its header is '{string.Join(",", table.Columns.Select(one => one.Name))}'. "
                + $"Write 'item,{column}', and in each line an item and the name of its {Word(column)}, which may be blank.");
        }
        List<string> problems = [];
        List<string> attributes = [General];
        Dictionary<string, int> specificOf = new(StringComparer.Ordinal);
        for (int row = 0; row < table.RowCount; row++)
        {
            string place = FormattableString.Invariant($"{path}:{table.LineOf(row)}");
            string name = specifics.Texts[row].Trim();
            if (name == General)
                problems.Add($"{place}: '{General}' is the name of the attribute that all items measure. Give the {Word(column)} another, or leave it blank.");
            if (name.Length > 0 && !attributes.Contains(name))
                attributes.Add(name);
            if (!specificOf.TryAdd(items.Texts[row], name.Length == 0 ? 0 : attributes.IndexOf(name)))
                problems.Add($"{place}: item '{items.Texts[row]}' has two rows in the {what}, but measures one {Word(column)} at most. Keep one; for more, use --q-matrix and --orthogonal.");
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        if (attributes.Count == 1)
            throw new SpecificationException($"{path}: no item has a {Word(column)}, so that there is the general attribute alone. Name some in the column '{column}', or leave {option} out.");
        return new BifactorFile(attributes, specificOf.ToDictionary(
            entry => entry.Key, entry => Enumerable.Range(0, attributes.Count).Select(j => j == 0 || j == entry.Value ? 1 : 0).ToArray(), StringComparer.Ordinal));
    }

    private static string Word(string column) => column == "specific" ? "specific attribute" : column;
}
