using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Saved.Anchors;

/// <summary>Reads anchors from a table: <c>items.csv</c>, <c>items-irt.csv</c>, or one written by hand.</summary>
internal static class AnchorTable
{
    /// <summary>Reads the rows.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SpecificationException">It cannot be read; every problem found.</exception>
    public static List<AnchorRow> Read(string path)
    {
        DataTable table = QMatrixFile.ReadTable(path, "anchors");
        if (Find("item") is not { } item || Find("parameter") is not { } parameter || Find("estimate") is not { } estimate)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: anchors need the columns 'item', 'parameter' and 'estimate', but the header is '{string.Join(",", table.Columns.Select(column => column.Name))}'. "
                + "Give an items.csv, or write one line a parameter under the header 'item,function,parameter,estimate', for example 'q1,2pl,a1,1.2' and 'q1,2pl,d,-0.6', or with difficulties 'q1,2pl,a,1.2' and 'q1,2pl,b,0.5'.");
        }
        DataColumn? group = Find("group");
        DataColumn? className = Find("class");
        DataColumn? function = Find("function") ?? Find("model");
        List<AnchorRow> rows = [];
        List<string> problems = [];
        for (int row = 0; row < table.RowCount; row++)
        {
            string place = FormattableString.Invariant($"{path}:{table.LineOf(row)}");
            if (double.TryParse(estimate.Texts[row], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
                rows.Add(new AnchorRow(place, TextOf(group, row), TextOf(className, row), item.Texts[row], TextOf(function, row).Trim(), parameter.Texts[row].Trim(), value));
            else
                problems.Add($"{place}, column 'estimate': '{estimate.Texts[row]}' is not a number. Correct it, or remove the row.");
        }
        RefuseContradictions(rows, problems);
        return problems.Count > 0 ? throw new SpecificationException(problems) : rows;

        DataColumn? Find(string name) => table.Find(name, StringComparison.OrdinalIgnoreCase);
    }

    private static string TextOf(DataColumn? column, int row) => column?.Texts[row] ?? "";

    private static void RefuseContradictions(List<AnchorRow> rows, List<string> problems)
    {
        foreach (IGrouping<(string, string, string, string), AnchorRow> same in rows.GroupBy(row => (row.Group, row.Class, row.Item, row.Parameter)))
        {
            if (same.FirstOrDefault(row => row.Value != same.First().Value) is { } other)
                problems.Add(FormattableString.Invariant($"{other.Place}: {other.Parameter} of '{other.Item}' is {other.Value}, but {same.First().Value} in {same.First().Place}. Remove one of the two rows."));
        }
    }
}
