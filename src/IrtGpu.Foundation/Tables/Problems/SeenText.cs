using System.Text;

namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>Text of a file as messages show it.</summary>
internal static class SeenText
{
    private const int ShownLength = 40;

    /// <summary>Single-quoted, control characters escaped, cut when long.</summary>
    public static string Show(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder("'");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (shown.Length > ShownLength)
                return shown.Append("…'").ToString();
            _ = rune.Value switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ => shown.Append(Rune.IsControl(rune) ? "�" : rune.ToString()),
            };
        }
        return shown.Append('\'').ToString();
    }
}
