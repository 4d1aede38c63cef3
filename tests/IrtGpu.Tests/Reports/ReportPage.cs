using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IrtGpu.Tests.Reports;

/// <summary>A page as a reader finds it: its tables, cell by cell, and the data of its pictures.</summary>
internal sealed partial class ReportPage
{
    private ReportPage(string text)
    {
        Text = text;
        Data = JsonDocument.Parse(Between(text, "<script type=\"application/json\" id=\"data\">", "</script>")).RootElement;
    }

    public string Text { get; }

    /// <summary>The data of pictures and items.</summary>
    public JsonElement Data { get; }

    public static ReportPage Read(string path) => new(File.ReadAllText(path));

    /// <summary>Rows of a table: headline to text and value.</summary>
    public IReadOnlyList<IReadOnlyList<(string Text, double? Value)>> Rows(string id) =>
        [.. RowPattern().Matches(Between(Table(id), "<tbody>", "</tbody>")).Select(row => (IReadOnlyList<(string, double?)>)
            [.. CellPattern().Matches(row.Value).Select(cell => (WebUtility.HtmlDecode(cell.Groups["text"].Value), cell.Groups["value"].Success ? Number(cell.Groups["value"].Value) : (double?)null))])];

    public IReadOnlyList<string> Headlines(string id) => [.. HeadPattern().Matches(Between(Table(id), "<thead>", "</thead>")).Select(head => WebUtility.HtmlDecode(head.Groups["text"].Value))];

    /// <summary>A picture.</summary>
    public JsonElement Figure(string id) => Data.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("id").GetString() == id);

    /// <summary>The picture of an item.</summary>
    public JsonElement Figure(int item, string id) => Data.GetProperty("items")[item].GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("id").GetString() == id);

    /// <summary>Numbers of a series: x, of the shared grid where it has none of its own, or another array.</summary>
    public double[] Values(JsonElement figure, string series, string name)
    {
        JsonElement own = figure.GetProperty("series").EnumerateArray().Single(one => one.GetProperty("name").GetString() == series);
        JsonElement values = own.TryGetProperty(name, out JsonElement found) ? found : Data.GetProperty("grids")[own.GetProperty("grid").GetInt32()];
        return [.. values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];
    }

    public static string Between(string text, string from, string to)
    {
        int begin = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(begin >= 0, $"There is no '{from}'.");
        begin += from.Length;
        return text[begin..text.IndexOf(to, begin, StringComparison.Ordinal)];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string Table(string id) => Between(Text, $"<table id=\"{id}\">", "</table>");

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex RowPattern();

    [GeneratedRegex("<t[hd](?: scope=\"row\")?(?: data-value=\"(?<value>[^\"]*)\")?(?: class=\"[^\"]*\")?>(?<text>.*?)</t[hd]>", RegexOptions.Singleline)]
    private static partial Regex CellPattern();

    [GeneratedRegex("<th scope=\"col\"[^>]*>(?<text>.*?)</th>", RegexOptions.Singleline)]
    private static partial Regex HeadPattern();
}
