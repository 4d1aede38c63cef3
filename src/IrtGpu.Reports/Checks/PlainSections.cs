using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>Sections that are a table as it stands in its file.</summary>
internal static class PlainSections
{
    /// <summary>How well persons are put on the right side of cut scores, of <c>classification.csv</c>.</summary>
    public static Section? Classification(ResultFolder folder) => Of(folder, "classification.csv", "classification", "Classification by cut scores",
        "How often persons are put on the side of a cut where they belong (accuracy), and on the same side twice (consistency; kappa takes off what chance gives).", "Every cut");

    /// <summary>What <c>dif --release</c> gave parameters of its own, of <c>partial-invariance.csv</c>.</summary>
    public static Section? Released(ResultFolder folder) => Of(folder, "partial-invariance.csv", "released", "Released parameters",
        "Pairs of item and group that got parameters of their own, step by step, and what that gained.", "Every pair");

    /// <summary>Rotated loadings of exploratory models, of <c>rotation.csv</c>.</summary>
    public static Section? Rotation(ResultFolder folder) => Of(folder, "rotation.csv", "rotation", "Rotated solution", "Slopes after rotation, and the correlations of the attributes.", "Every slope");

    private static Section? Of(ResultFolder folder, string file, string id, string title, string lead, string caption)
    {
        if (folder.TryTable(file) is not { RowCount: > 0 } table)
            return null;
        string[] columns = [.. table.Columns];
        bool[] isNumber = [.. columns.Select(IsNumber)];
        Cell[][] cells = [.. columns.Select((column, place) => isNumber[place] ? Array.ConvertAll(table.Numbers(column), number => Cell.Of(number)) : [.. table.Texts(column).Select(Cell.Of)])];
        return new Section(id, title, lead)
        {
            Tables = [new TableView($"{id}-table", caption, [.. columns.Select((column, place) => new Column(column.Replace('_', ' '), isNumber[place]))],
                [.. Enumerable.Range(0, table.RowCount).Select(row => new Row([.. cells.Select(column => column[row])]))]) { File = file }],
        };

        bool IsNumber(string column) => table.Texts(column).Any(text => text.Length > 0) && table.Texts(column).All(text => text.Length == 0
            || double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _));
    }
}
