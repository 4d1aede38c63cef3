using System.Globalization;
using IrtGpu.Reports.Tests.Browsers;

namespace IrtGpu.Reports.Tests;

/// <summary>A table as the browser has it: headlines, texts, and numbers with all their digits.</summary>
internal sealed class ShownTable
{
    private readonly string[] headlines;
    private readonly string[][] texts;
    private readonly string[][] values;

    private ShownTable(string[] headlines, string[][] texts, string[][] values)
    {
        this.headlines = headlines;
        this.texts = texts;
        this.values = values;
    }

    public int RowCount => texts.Length;

    public static async Task<ShownTable> OfAsync(OpenedPage opened, string id)
    {
        string[] headlines = await opened.Page.EvaluateAsync<string[]>("id => Array.from(document.getElementById(id).tHead.rows[0].cells, cell => cell.textContent)", id);
        string[][] texts = await opened.Page.EvaluateAsync<string[][]>("id => Array.from(document.getElementById(id).tBodies[0].rows, row => Array.from(row.cells, cell => cell.textContent))", id);
        string[][] values = await opened.Page.EvaluateAsync<string[][]>("id => Array.from(document.getElementById(id).tBodies[0].rows, row => Array.from(row.cells, cell => cell.dataset.value ?? ''))", id);
        return new ShownTable(headlines, texts, values);
    }

    /// <summary>As it is read.</summary>
    public string Text(int row, string headline) => texts[row][Array.IndexOf(headlines, headline)];

    /// <summary>The number with all its digits.</summary>
    public double Number(int row, string headline) => Value(row, Array.IndexOf(headlines, headline));

    /// <summary>The number in the column to the right, such as a standard error.</summary>
    public double NumberBehind(int row, string headline) => Value(row, Array.IndexOf(headlines, headline) + 1);

    private double Value(int row, int column) => values[row][column] is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;
}
