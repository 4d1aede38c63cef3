using System.Globalization;
using IrtGpu.Foundation.Tables;

namespace IrtGpu.Specification.Files;

/// <summary>A target of rotation as a table: a column <c>item</c>, then one column of loadings for each attribute, blank where any loading will do.</summary>
/// <param name="Attributes">Names of the columns.</param>
/// <param name="Rows">Loadings wanted; NaN: any. [item name → attribute]</param>
public sealed record RotationTargetFile(IReadOnlyList<string> Attributes, IReadOnlyDictionary<string, double[]> Rows)
{
    /// <summary>Reads the table.</summary>
    /// <param name="path">Delimited text.</param>
    /// <exception cref="SpecificationException">It cannot be read or has another form.</exception>
    public static RotationTargetFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        DataTable table = QMatrixFile.ReadTable(path, "target of rotation");
        DataColumn? items = table.Find("item", StringComparison.OrdinalIgnoreCase);
        if (items is null || table.Columns.Count < 3)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: a target of rotation needs a column 'item' and a column of loadings for each attribute, two at least, but its header is "
                + $"'{string.Join(",", table.Columns.Select(column => column.Name))}'. Write for example 'item,F1,F2' and below 'q01,,0'.");
        }
        List<string> problems = [];
        Dictionary<string, double[]> rows = new(StringComparer.Ordinal);
        DataColumn[] attributes = [.. table.Columns.Where(column => column != items)];
        for (int row = 0; row < table.RowCount; row++)
        {
            string place = FormattableString.Invariant($"{path}:{table.LineOf(row)}");
            double[] loadings = new double[attributes.Length];
            for (int j = 0; j < loadings.Length; j++)
            {
                string text = attributes[j].Texts[row].Trim();
                loadings[j] = double.NaN;
                if (text.Length > 0 && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out loadings[j]) && Math.Abs(loadings[j]) <= 1))
                    problems.Add($"{place}, column '{attributes[j].Name}': '{text}' is no loading from -1 to 1. Write 0 where the item is not to load, nothing where it may.");
            }
            if (!rows.TryAdd(items.Texts[row], loadings))
                problems.Add($"{place}: item '{items.Texts[row]}' has two rows in the target. Keep one.");
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        return new RotationTargetFile([.. attributes.Select(attribute => attribute.Name)], rows);
    }
}
