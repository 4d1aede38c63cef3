using System.Buffers;
using System.Text.Unicode;
using System.Text;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Small questions asked of text held as UTF-8 bytes.</summary>
internal static class TextBytes
{
    public const byte LineFeed = (byte)'\n';

    public const byte CarriageReturn = (byte)'\r';

    public const byte Quote = (byte)'"';

    private const int ShownLength = 40;

    /// <summary>Number of line ends: LF, CR LF or CR, each one.</summary>
    public static int CountLines(ReadOnlySpan<byte> text)
    {
        int carriageReturns = text.Count(CarriageReturn);
        return text.Count(LineFeed) + (carriageReturns == 0 ? 0 : carriageReturns - text.Count("\r\n"u8));
    }

    /// <summary>Position of the first byte that no UTF-8 text holds (NUL or a malformed sequence), or −1.</summary>
    public static int FindNonText(ReadOnlySpan<byte> bytes)
    {
        int nul = bytes.IndexOf((byte)0);
        if (nul < 0 && Utf8.IsValid(bytes))
            return -1;
        int position = 0;
        while (position < bytes.Length && position != nul)
        {
            if (Rune.DecodeFromUtf8(bytes[position..], out _, out int consumed) != OperationStatus.Done)
                return position;
            position += consumed;
        }
        return position < bytes.Length ? position : -1;
    }

    /// <summary>Without blanks at both ends; tabs are blanks unless they delimit.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> field, byte delimiter)
    {
        int start = 0;
        int end = field.Length;
        while (start < end && IsBlank(field[start], delimiter))
            start++;
        while (end > start && IsBlank(field[end - 1], delimiter))
            end--;
        return field[start..end];
    }

    public static bool IsBlank(byte value, byte delimiter) => value == ' ' || (value == '\t' && delimiter != '\t');

    public static bool IsLineEnd(byte value) => value is LineFeed or CarriageReturn;

    /// <summary>Text for a message: single-quoted, control characters escaped, cut when long.</summary>
    public static string Show(ReadOnlySpan<byte> value) => Show(Encoding.UTF8.GetString(value[..Math.Min(value.Length, 4 * ShownLength)]));

    /// <inheritdoc cref="Show(ReadOnlySpan{byte})"/>
    public static string Show(string text)
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
