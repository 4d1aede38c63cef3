using System.Text;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>
/// The characters of a delimited file as the parser takes them: UTF-8 decoded strictly, no byte order mark, no NUL, and
/// each double quote inside a bare field replaced by <see cref="BareQuote"/>.
/// </summary>
/// <remarks>
/// The parser takes every double quote for the beginning or the end of quoted text. Here, as in spreadsheets, one opens a
/// field only as its first character that is not blank; elsewhere it is text: <c>5" nail,0</c> has two fields.
/// </remarks>
internal sealed class TableCharacters : TextReader
{
    /// <summary>Stands for a double quote that is text; no text of a file holds it.</summary>
    public const char BareQuote = '\0';

    private const char Quote = '"';
    private const char ByteOrderMark = '\uFEFF';
    private const int BufferLength = 1 << 18;

    private readonly StreamReader source;
    private char[] buffer;
    private int start;
    private int end;
    private char[] nextBuffer;
    private Task<int> next; // how many characters the next buffer holds; read, decoded and marked beside the parsing of this one

    // What stands before the next character to be marked.
    private bool isQuoted;
    private bool isQuoteOpen; // a quote ended the characters so far, inside quotes: the next tells whether it is doubled or closes
    private char before = '\n'; // the last that is not blank, outside quotes

    /// <param name="stream">UTF-8 text.</param>
    /// <param name="bufferLength">Characters held twice; the first must hold the header for its delimiter to be found.</param>
    /// <exception cref="DecoderFallbackException">The text does not begin as UTF-8.</exception>
    public TableCharacters(Stream stream, int bufferLength = BufferLength)
    {
        source = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, 1 << 16);
        buffer = new char[bufferLength];
        nextBuffer = new char[bufferLength];
        end = source.ReadBlock(buffer);
        start = end > 0 && buffer[0] == ByteOrderMark ? 1 : 0;
        Delimiter = DelimiterDetection.Detect(buffer.AsSpan(start, end - start));
        Mark(buffer.AsSpan(start, end - start));
        next = Task.Run(ReadNext);
    }

    /// <summary>As detected in the header.</summary>
    public char Delimiter { get; }

    /// <exception cref="DecoderFallbackException">The bytes are no UTF-8 text, or hold a NUL.</exception>
    public override int Read(Span<char> target)
    {
        if (start == end)
        {
            (start, end) = (0, next.GetAwaiter().GetResult());
            (buffer, nextBuffer) = (nextBuffer, buffer);
            if (end > 0)
                next = Task.Run(ReadNext);
        }
        int count = Math.Min(target.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(target);
        start += count;
        return count;
    }

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ((IAsyncResult)next).AsyncWaitHandle.WaitOne(); // it reads from the source
            source.Dispose();
        }
        base.Dispose(disposing);
    }

    private int ReadNext()
    {
        int count = source.ReadBlock(nextBuffer);
        Mark(nextBuffer.AsSpan(0, count));
        return count;
    }

    private void Mark(Span<char> text)
    {
        if (text.Contains('\0'))
            throw new DecoderFallbackException("The text holds a NUL.");
        if (!text.IsEmpty)
            MarkBareQuotes(text);
    }

    private void MarkBareQuotes(Span<char> text)
    {
        int position = 0;
        if (isQuoteOpen)
        {
            isQuoteOpen = false;
            position = GoOnBehindQuote(text[0], 0);
        }
        while (position <= text.Length)
        {
            int found = text[position..].IndexOf(Quote);
            int end = found < 0 ? text.Length : position + found;
            if (isQuoted && found >= 0 && end + 1 == text.Length)
            {
                isQuoteOpen = true;
                return;
            }
            if (isQuoted)
            {
                if (found < 0)
                    return;
                position = GoOnBehindQuote(text[end + 1], end + 1);
                continue;
            }
            ReadOnlySpan<char> bare = text[position..end].TrimEnd(Delimiter == '\t' ? " " : " \t");
            if (!bare.IsEmpty)
                before = bare[^1];
            if (found < 0)
                return;
            isQuoted = before == Delimiter || before is '\n' or '\r';
            if (!isQuoted)
                before = text[end] = BareQuote;
            position = end + 1;
        }
    }

    // Inside quotes, behind a quote: where to go on.
    private int GoOnBehindQuote(char next, int position)
    {
        if (next == Quote)
            return position + 1; // doubled
        isQuoted = false;
        before = Quote;
        return position;
    }
}
