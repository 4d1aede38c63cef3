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
            bool any = false;
            for (int row = 0; row < texts.Count; row++)
            {
                if (IsMissing(row))
                    continue;
                if (!IsNumber(row, out _))
                    return false;
                any = true;
            }
            return any;
        }
    }

    /// <summary>Whether the field is blank or a missing code.</summary>
    /// <param name="row">0-based row.</param>
    public bool IsMissing(int row) => missing.IsMissing(texts.Utf8(row));

    /// <summary>The values, NaN where missing. [row]</summary>
    /// <param name="problems">Receives one problem where some fields are no finite numbers.</param>
    public double[] Numbers(ProblemLog problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        double[] values = new double[texts.Count];
        var bad = new PlaceTally();
        for (int row = 0; row < values.Length; row++)
        {
            if (IsMissing(row))
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
        var labels = new LabelSet();
        int[] levels = new int[texts.Count];
        for (int row = 0; row < levels.Length; row++)
            levels[row] = IsMissing(row) ? -1 : labels.Add(texts.Utf8(row));
        Categories found = new([.. labels.Labels], levels);
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
