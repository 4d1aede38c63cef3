using System.Globalization;

namespace IrtGpu.Reports.Pages;

/// <summary>A table of the page.</summary>
/// <param name="Id">Unique name.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Rows">Rows of as many cells.</param>
internal sealed record TableView(string Id, string Caption, IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows)
{
    private const int LongRows = 12;

    /// <summary>Whether it has so many rows that one wants to search them.</summary>
    public bool IsLong => Rows.Count > LongRows;

    /// <summary>Choices of a filter, each a word that rows may have; empty: none.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>With its number the name of the place of a row; "" where rows are no places.</summary>
    public string RowPrefix { get; init; } = "";

    /// <summary>How many rows there are in the file of which only some are shown; 0: all are.</summary>
    public int RowsInFile { get; init; }

    /// <summary>The file that the numbers are of.</summary>
    public string File { get; init; } = "";
}

/// <summary>A column.</summary>
/// <param name="Title">Headline.</param>
/// <param name="IsNumber">Whether its cells are numbers.</param>
/// <param name="Hint">What it means; "" where that is plain.</param>
internal sealed record Column(string Title, bool IsNumber = false, string Hint = "");

/// <summary>A row.</summary>
/// <param name="Cells">Its cells; the first one names it.</param>
internal sealed record Row(IReadOnlyList<Cell> Cells)
{
    /// <summary>Words that filters look for.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>A cell.</summary>
/// <param name="Text">As shown.</param>
/// <param name="Value">The number with all its digits, by which rows are sorted; "" for texts.</param>
/// <param name="Mark">What is to be noticed in it: <c>good</c>, <c>notice</c> or <c>problem</c>; "" for nothing.</param>
internal sealed record Cell(string Text, string Value = "", string Mark = "")
{
    /// <summary>A text.</summary>
    public static Cell Of(string text) => new(text);

    /// <summary>A number.</summary>
    /// <param name="number">NaN: an empty cell.</param>
    /// <param name="decimals">Digits behind the point.</param>
    /// <param name="mark">What is to be noticed.</param>
    public static Cell Of(double number, int decimals = 3, string mark = "") =>
        double.IsNaN(number) ? new Cell("") : new Cell(Number.Show(number, decimals), number.ToString("R", CultureInfo.InvariantCulture), mark);

    /// <summary>A p-value.</summary>
    /// <param name="p">NaN: an empty cell.</param>
    /// <param name="mark">What is to be noticed.</param>
    public static Cell Probability(double p, string mark = "") => Of(p, 3, mark) with { Text = Number.Probability(p) };

    /// <summary>A count.</summary>
    /// <param name="count">NaN: an empty cell.</param>
    public static Cell Count(double count) => double.IsNaN(count) ? new Cell("") : Of(count) with { Text = Number.Count(count) };
}
