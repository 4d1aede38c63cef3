using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables;

/// <summary>One column of a <see cref="DataTable"/>: its texts, and what they mean as numbers or as categories.</summary>
public sealed class DataColumn
{
    private readonly DataTable table;
    private readonly TextColumn texts;
    private readonly MissingCodes missing;

    internal DataColumn(DataTable table, string name, TextColumn texts, MissingCodes missing)
    {
        this.table = table;
        Name = name;
        this.texts = texts;
        this.missing = missing;
    }

    /// <summary>From the header; may be blank.</summary>
    public string Name { get; }

    /// <summary>The texts without blanks and quotes around them, missing ones as they were written. [row]</summary>
    public IReadOnlyList<string> Texts => texts;

    /// <summary>Whether every field that is not missing is a finite number, and some field is.</summary>
    public bool IsNumeric
    {
        get
        {
            bool[] isMissing = FindMissing();
            return isMissing.Contains(false) && Enumerable.Range(0, isMissing.Length).All(row => isMissing[row] || IsNumber(row, out _));
        }
    }

    /// <summary>Whether each field is blank or a missing code. [row]</summary>
    public bool[] FindMissing()
    {
        char[] buffer = [];
        bool[] isMissing = new bool[texts.Count];
        for (int row = 0; row < isMissing.Length; row++)
            isMissing[row] = missing.IsMissing(texts.Characters(row, ref buffer));
        return isMissing;
    }

    /// <summary>The values, NaN where missing. [row]</summary>
    /// <param name="problems">Receives one problem where some fields are no finite numbers.</param>
    public double[] Numbers(ProblemLog problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        bool[] isMissing = FindMissing();
        double[] values = new double[texts.Count];
        var bad = new PlaceTally();
        for (int row = 0; row < values.Length; row++)
        {
            if (isMissing[row])
                values[row] = double.NaN;
            else if (!IsNumber(row, out values[row]))
                bad.Add(table.LineOf(row), texts[row]);
        }
        if (bad.Count > 0)
        {
            problems.Add(new DataProblem(
                $"{bad.Count.ToString(CultureInfo.InvariantCulture)} value(s) of the column are no finite numbers: {bad}. " +
                "Correct them (a decimal point, no thousands separators), list them as missing codes if they mean missing, or use the column as a factor.",
                table.Path, bad.FirstLine, Name));
        }
        return values;
    }

    /// <summary>The fields as categories, −1 where missing.</summary>
    /// <param name="order">Order of the levels.</param>
    public Categories Categories(LevelOrder order)
    {
        var labels = new LabelColumn();
        char[] buffer = [];
        for (int row = 0; row < texts.Count; row++)
        {
            ReadOnlySpan<char> text = texts.Characters(row, ref buffer);
            if (missing.IsMissing(text))
                labels.AddMissing();
            else
                labels.Add(text);
        }
        Categories found = labels.Build();
        return order switch
        {
            LevelOrder.Appearance => found,
            LevelOrder.Sorted => found.Sort(),
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, "There is no such order of levels."),
        };
    }

    private bool IsNumber(int row, out double value) =>
        double.TryParse(texts.Utf8(row), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
