using System.Text;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>How a field was written.</summary>
internal enum FieldForm
{
    /// <summary>Bare, or quoted and closed before the delimiter.</summary>
    Sound,

    /// <summary>Text follows the closing quote.</summary>
    TextAfterQuote,

    /// <summary>The closing quote is missing; the field runs to the end of the block.</summary>
    NeverClosed,
}

/// <summary>Reads one field at a time: bare (blanks at its ends removed) or quoted (doubled quotes undone).</summary>
internal sealed class FieldReader(byte delimiter)
{
    private byte[] text = [];
    private byte[] unescaped = [];
    private int end;
    private byte[] valueBuffer = [];
    private int valueStart;
    private int valueLength;

    /// <summary>The field last read, valid until the next.</summary>
    public ReadOnlySpan<byte> Value => valueBuffer.AsSpan(valueStart, valueLength);

    /// <summary>The field last read.</summary>
    public string Text => Encoding.UTF8.GetString(Value);

    /// <summary>Line ends inside the field last read.</summary>
    public int LinesInside { get; private set; }

    public FieldForm Form { get; private set; }

    public void Begin(TextBlock block)
    {
        text = block.Buffer;
        end = block.End;
        Form = FieldForm.Sound;
    }

    /// <summary>Reads the field at <paramref name="position"/>.</summary>
    /// <returns>Position of what ends it: a delimiter, a line end, or the end of the block.</returns>
    public int Read(int position)
    {
        LinesInside = 0;
        Form = FieldForm.Sound;
        int start = position;
        while (start < end && TextBytes.IsBlank(text[start], delimiter))
            start++;
        if (start < end && text[start] == TextBytes.Quote)
            return ReadQuoted(start + 1);
        int stop = FindStop(start);
        int valueEnd = stop;
        while (valueEnd > start && TextBytes.IsBlank(text[valueEnd - 1], delimiter))
            valueEnd--;
        SetValue(text, start, valueEnd - start);
        return stop;
    }

    private int FindStop(int start)
    {
        int found = text.AsSpan(start, end - start).IndexOfAny(delimiter, TextBytes.LineFeed, TextBytes.CarriageReturn);
        return found < 0 ? end : start + found;
    }

    private int ReadQuoted(int start)
    {
        int escapes = 0;
        int closing = start;
        while (true)
        {
            int found = text.AsSpan(closing, end - closing).IndexOf(TextBytes.Quote);
            if (found < 0)
            {
                Form = FieldForm.NeverClosed;
                SetValue(text, start, end - start);
                return end;
            }
            closing += found;
            if (closing + 1 >= end || text[closing + 1] != TextBytes.Quote)
                break;
            escapes++;
            closing += 2;
        }
        ReadOnlySpan<byte> content = text.AsSpan(start, closing - start);
        LinesInside = TextBytes.CountLines(content);
        if (escapes == 0)
            SetValue(text, start, content.Length);
        else
            Unescape(content);
        int after = closing + 1;
        int stop = FindStop(after);
        if (stop > after && !TextBytes.Trim(text.AsSpan(after, stop - after), delimiter).IsEmpty)
            Form = FieldForm.TextAfterQuote;
        return stop;
    }

    private void Unescape(ReadOnlySpan<byte> content)
    {
        if (unescaped.Length < content.Length)
            unescaped = new byte[content.Length];
        int length = 0;
        for (int i = 0; i < content.Length; i++)
        {
            unescaped[length++] = content[i];
            if (content[i] == TextBytes.Quote)
                i++;
        }
        SetValue(unescaped, 0, length);
    }

    private void SetValue(byte[] buffer, int start, int length)
    {
        valueBuffer = buffer;
        valueStart = start;
        valueLength = length;
    }
}
