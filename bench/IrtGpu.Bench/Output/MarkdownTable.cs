using System.Globalization;
using System.Text;

namespace IrtGpu.Bench.Output;

/// <summary>A table in Markdown; first column left, others right.</summary>
/// <param name="columns">Headings.</param>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, columns.Length, nameof(cells));
        rows.Add(cells);
    }

    /// <summary>Three significant digits, plainly.</summary>
    public static string Number(double value) => value switch
    {
        0 => "0",
        _ when !double.IsFinite(value) => "–",
        _ when Math.Abs(value) is >= 1e5 or < 1e-3 => value.ToString("0.00e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0." + new string('0', Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6)), CultureInfo.InvariantCulture),
    };

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    public override string ToString()
    {
        StringBuilder text = new();
        text.Append("| ").AppendJoin(" | ", columns).Append(" |\n|---|").Insert(text.Length, "---:|", columns.Length - 1).Append('\n');
        foreach (string[] row in rows)
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        return text.ToString();
    }
}
